import {chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {needs} from '../helpers/needs.js';
import {runCommand} from '../helpers/runCommand.js';

/** Runs .ci/run in a project where npm and apt-get are the given shell scripts. `$PLACE` is the project. */
const runWith = async (npm: string) => {
	const place = await mkdtemp(path.join(tmpdir(), 'k2hdkc-ci-'));
	try {
		await cp('.ci', path.join(place, '.ci'), {recursive: true});
		await writeFile(path.join(place, 'README.md'), 'npm ci && npm test\n');
		await mkdir(path.join(place, 'bin'));
		for (const [name, script] of Object.entries({npm, 'apt-get': ':'})) {
			await writeFile(path.join(place, 'bin', name), `#!/bin/sh\n${script}\n`);
			await chmod(path.join(place, 'bin', name), 0o755);
		}

		const env = {...process.env, PATH: `${place}/bin:${process.env.PATH}`, PLACE: place};
		const {code, stdout} = await runCommand('bash', ['.ci/run'], {cwd: place, env, timeout: 60_000});
		const daemon = await readFile(path.join(place, 'daemon'), 'utf8').catch(() => '');
		return {code, lines: stdout.trimEnd().split('\n'), daemon: Number(daemon)};
	} finally {
		await rm(place, {recursive: true});
	}
};

/** Where nobody reaps orphans a zombie stays; it has ended all the same. */
const isAlive = async (pid: number): Promise<boolean> => {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	return stat !== undefined && !/^\d+ \(.*\) Z /.test(stat);
};

test('sums the parts, ends what they left running, and succeeds', async t => {
	if (!await needs(t, {root: true})) {
		return;
	}

	const {code, lines, daemon} = await runWith(`case "$*" in
		test) setsid sleep 600 & echo $! >"$PLACE/daemon"; echo '5 passed, 0 failed, 1 skipped'; echo 'a line of npm' ;;
		'run test:e2e') echo '7 passed, 0 failed, 0 skipped' ;;
	esac`);
	t.is(lines.at(-1), '12 passed, 0 failed, 1 skipped');
	t.is(code, 0);
	t.true(daemon > 0);
	t.false(await isAlive(daemon));
});

test('a part that fails without saying so is a failure, and the others still run', async t => {
	if (!await needs(t, {root: true})) {
		return;
	}

	const {code, lines} = await runWith(`case "$*" in
		test) echo '5 passed, 0 failed, 0 skipped'; exit 1 ;;
		'run test:e2e') printf '%s\\n' 'FAILED images: a › b' 'FAILED walk: c' '7 passed, 2 failed, 0 skipped'; exit 1 ;;
		'run coverage') exit 1 ;;
	esac`);
	t.is(lines.at(-1), '12 passed, 4 failed, 0 skipped');
	t.is(code, 1);
	const said = lines.indexOf('=== what failed');
	t.deepEqual(lines.slice(said, said + 3), ['=== what failed', 'FAILED images: a › b', 'FAILED walk: c']);
	t.is(lines.filter(line => /^(?:packages|test|e2e|coverage|total) +\d+ s of +\d+ s/.test(line)).length, 5);
});
