import {readdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {startFaultyMirror, type Fault, type FaultyMirror} from '../../fixtures/faultyMirror.js';
import {hostMirrors} from '../../helpers/hostMirrors.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {createSmallTool, limitSpace, type SmallTool} from '../support/smallTool.js';
import {document, expect, follow, hostNeeds, run, type Ended, type ToolOptions} from '../support/tool.js';

/** Tests here have an environment, a state and a cache of their own: what they fill or starve is nobody else's. */
const environment = 'ci-small';

type Scene = {
	readonly tool: SmallTool;
	readonly options: ToolOptions;
	/** Flags that point the tool to what is its own here. */
	readonly flags: readonly string[];
	readonly mirror: FaultyMirror;
};

const createScene = async (t: ExecutionContext): Promise<Scene> => {
	const tool = await createSmallTool(t);
	const {main = '', security = ''} = await hostMirrors();
	const mirror = await startFaultyMirror({main, security});
	t.teardown(mirror.stop);
	const settings = {
		'paths.state': tool.state, 'paths.cache': tool.cache, 'sandbox.minimum.diskMiB': '1',
		'sources.debian.mirror': mirror.url('main'), 'sources.debian.securityMirror': mirror.url('security'),
	};
	const options = {environment, main: tool.main};
	const flags = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
	t.teardown(async () => run(['down', '--depth', 'everything', '--yes', ...flags], options));
	return {tool, mirror, options, flags};
};

const buildRoot = (flags: readonly string[]): string[] => ['up', '--only', 'sandbox.root', ...flags];

/** What every failure tells: its code, a remedy, where the log is and how to go on. */
const tells = (t: ExecutionContext, {stderr}: Ended, code: string, words: readonly RegExp[]): void => {
	for (const word of [new RegExp(`\\[${code}\\]`), /^ {2}why +\S/m, /^ {2}remedy +\S/m, /^ {2}log +\/var\/log\//m, /^ {2}resume +\S.* up --name ci-small/m, ...words]) {
		t.regex(stderr, word);
	}

	t.notRegex(stderr, /^\s+at .*\.js:\d+/m, 'no stack trace');
};

const isBuilt = async (t: ExecutionContext, {flags, options}: Scene): Promise<void> => {
	const {steps} = document<{steps: Array<{id: string; verdict: string}>}>(await expect(t, 0, ['plan', '--only', 'sandbox.root', '--json', ...flags], options));
	t.deepEqual(steps.map(({id, verdict}) => `${id} ${verdict}`), ['sandbox.root SKIP']);
};

type Away = {readonly title: string; readonly fault: (place: string) => Fault; readonly exitCode: number; readonly code: string; readonly words: readonly RegExp[]; readonly flags?: readonly string[]};

const isPackage = (place: string): boolean => place.endsWith('.deb');
const impatient = ['--set', 'timeouts.scale=0.1'];

const aways: readonly Away[] = [
	{title: 'answers 404', fault: () => 404, exitCode: 3, code: 'K2D3011', words: [/InRelease answers 404/]},
	{title: 'answers 503', fault: () => 503, exitCode: 3, code: 'K2D3011', words: [/InRelease answers 503/]},
	{title: 'does not answer', fault: () => 'silent', exitCode: 3, code: 'K2D3011', words: [/does not answer: .*timed out/], flags: impatient},
	{title: 'lacks packages that its index lists', fault: place => isPackage(place) ? 404 : 'none', exitCode: 1, code: 'K2D2102', words: [/404 +Not Found/]},
	{title: 'answers 503 to packages', fault: place => isPackage(place) ? 503 : 'none', exitCode: 1, code: 'K2D2103', words: [/503 +Service Unavailable/]},
	{title: 'does not answer to packages', fault: place => isPackage(place) ? 'silent' : 'none', exitCode: 1, code: 'K2D2003', words: [/said nothing new for 30 s/, /Ign:/], flags: impatient},
];

for (const {title, fault, exitCode, code, words, flags: more = []} of aways) {
	test.serial(`a mirror that ${title}: the error says so, and nothing is taken for finished`, async t => {
		if (!await needs(t, hostNeeds)) {
			return;
		}

		const {mirror, flags, options, tool} = await createScene(t);
		mirror.fail(fault);
		const ended = await run([...buildRoot(flags), ...more], options);
		t.is(ended.code, exitCode, ended.stderr);
		t.log(`${ended.seconds.toFixed(1)} s, ${mirror.asked().length} requests`);
		tells(t, ended, code, words);
		t.deepEqual((await readdir(path.join(tool.cache, 'roots')).catch(() => [])).filter(name => !name.includes('.partial')), []);
	});
}

test.serial('a mirror that comes back while up runs: the step is tried again and ends well, slow as the mirror is', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const scene = await createScene(t);
	const {mirror, flags, options} = scene;
	mirror.fail(place => isPackage(place) ? 503 : 'slow');
	const {code, stderr, events, seconds} = await follow(buildRoot(flags), event => {
		if (event.type === 'step-retry') {
			mirror.fail(() => 'slow');
		}
	}, options);
	t.is(code, 0, stderr);
	t.is(events.filter(({type}) => type === 'step-retry').length, 1);
	t.log(`${seconds.toFixed(1)} s`);
	await isBuilt(t, scene);
});

test.serial('a cache without space: the error says where, and with space the next up completes', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const scene = await createScene(t);
	const {flags, options, tool} = scene;
	const resize = await limitSpace(t, tool.cache, '90m');
	const ended = await run(buildRoot(flags), options);
	t.is(ended.code, 1, ended.stderr);
	tells(t, ended, 'K2D2201', [/No space left on device/]);
	await resize('2g');
	await expect(t, 0, buildRoot(flags), options);
	await isBuilt(t, scene);
	t.deepEqual((await readdir(path.join(tool.cache, 'roots'))).filter(name => name.includes('partial')), []);
});

test.serial('a state without space: nothing is begun, and with space the next up goes on', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {flags, options, tool} = await createScene(t);
	await limitSpace(t, tool.state, '256k');
	const filler = path.join(tool.state, 'filler');
	await runCommand('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']);
	const ended = await run(['up', '--only', 'environment', ...flags], options);
	t.is(ended.code, 1, ended.stderr);
	tells(t, ended, 'K2D2201', [/No space left on device|ENOSPC/]);
	await rm(filler);
	await expect(t, 0, ['up', '--only', 'environment', ...flags], options);
	await expect(t, 0, ['up', '--only', 'environment', ...flags], options);
});

test.serial('a network interface of that name belongs to somebody else: it is left alone, and free the next up takes it', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {flags, options} = await createScene(t);
	const link = `kd-${environment}`;
	await runCommand('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'kd-somebody']);
	t.teardown(async () => runCommand('ip', ['link', 'delete', link]));
	const build = ['up', '--only', 'environment', '--only', 'sandbox.network', ...flags];
	const ended = await run(build, options);
	t.is(ended.code, 3, ended.stderr);
	tells(t, ended, 'K2D3007', [new RegExp(link)]);
	t.regex((await runCommand('ip', ['link', 'show', link])).stdout, /kd-somebody/);
	await runCommand('ip', ['link', 'delete', link]);
	await expect(t, 0, build, options);
	await expect(t, 0, ['down', '--depth', 'services', '--yes', ...flags], options);
	t.not((await runCommand('ip', ['link', 'show', link])).code, 0);
});

test.serial('two at once: the second is told who builds, and the first completes', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const scene = await createScene(t);
	const {flags, options, mirror} = scene;
	let second: Promise<Ended> | undefined;
	mirror.fail(() => 'slow');
	const first = await follow(buildRoot(flags), event => {
		if (event.type === 'step-start' && event.step.id === 'sandbox.root') {
			second = run(buildRoot(flags), options);
		}
	}, options);
	t.is(first.code, 0, first.stderr);
	const refused = await second!;
	t.is(refused.code, 4, refused.stderr);
	t.regex(refused.stderr, /K2D4001/);
	t.regex(refused.stderr, /up by root on .*, process \d+, since /);
	await isBuilt(t, scene);
});

test.serial('bad configuration: exit 2 with the place and what would be right, and nothing is begun', async t => {
	const {flags, options, tool} = await createScene(t);
	const cwd = path.join(tool.state, '..', 'user');
	await runCommand('mkdir', [cwd]);
	const cases: ReadonlyArray<readonly [file: string, text: string, args: readonly string[], words: readonly RegExp[]]> = [
		['k2hdkc-devstack.yaml', 'openstack:\n  regoin: X\n', [], [/k2hdkc-devstack\.yaml:2:3/, /regoin/, /region/]],
		['k2hdkc-devstack.yaml', 'openstack: [\n', [], [/k2hdkc-devstack\.yaml:\d+:\d+/]],
		['.env', 'K2HDKC_DEVSTACK__RELEASE 2025.1\n', [], [/\.env:1/]],
		['k2hdkc-devstack.yaml', 'release: "2026.1"\n', [], [/2026\.1/, /2025\.1/]],
		['empty.yaml', '', ['sandbx'], [/sandbx/, /sandbox/]],
		['empty.yaml', '', ['--only', 'keyston'], [/keyston/, /keystone/]],
	];
	for (const [file, text, args, words] of cases) {
		await writeFile(path.join(cwd, file), text);
		const ended = await run(['up', ...args, ...flags], {...options, cwd});
		t.is(ended.code, 2, `${text}${args.join(' ')}: ${ended.stderr}`);
		for (const word of words) {
			t.regex(ended.stderr, word);
		}

		await rm(path.join(cwd, file));
	}

	t.deepEqual(await readdir(tool.state), []);
});
