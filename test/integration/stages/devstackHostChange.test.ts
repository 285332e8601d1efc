import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {hostChanges} from '../../../scripts/stages/devstack/hostChange.js';
import {runCommand} from '../../helpers/runCommand.js';

/** Programs of a firewall that keep a list of rules, as the real ones do. */
const programs: Readonly<Record<string, string>> = {
	systemctl: 'exit 0',
	'firewall-cmd': `
for word; do
	case $word in
		--add-*) echo "\${word#--add-}" >>"$RULES";;
		--query-*) grep -qxF -- "\${word#--query-}" "$RULES";;
		--remove-*) grep -qxF -- "\${word#--remove-}" "$RULES"; grep -vxF -- "\${word#--remove-}" "$RULES" >"$RULES.new" || true; mv "$RULES.new" "$RULES";;
	esac
done`,
	ufw: `
case $1 in
	status) echo 'Status: active';;
	delete) shift; grep -qxF -- "$*" "$RULES"; grep -vxF -- "$*" "$RULES" >"$RULES.new" || true; mv "$RULES.new" "$RULES";;
	route) if [ "$2" = delete ]; then shift 2; set -- route "$@"; grep -vxF -- "$*" "$RULES" >"$RULES.new" || true; mv "$RULES.new" "$RULES"; else echo "$*" >>"$RULES"; fi;;
	*) echo "$*" >>"$RULES";;
esac`,
};

const createMachine = async (t: ExecutionContext, id: string) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-change-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	await mkdir(path.join(directory, 'bin'));
	for (const [name, text] of Object.entries(programs)) {
		await writeFile(path.join(directory, 'bin', name), `#!/bin/sh\nset -e\n${text}\n`);
		await chmod(path.join(directory, 'bin', name), 0o755);
	}

	const [rules, change] = [path.join(directory, 'rules'), hostChanges().find(each => each.id === id)!];
	await writeFile(rules, 'somebody else\'s\n');
	const run = async (script: string, sources: string) => runCommand('sh', ['-euc', `${change.functions ?? ''}\n${script}`], {
		env: {PATH: `${directory}/bin:/usr/bin:/bin`, RULES: rules, RECORD: path.join(directory, 'record'), SOURCES: sources, PORTS: '80 6080', GUESTS: '172.24.4.0/24'},
	});
	const must = async (script: string, sources: string): Promise<void> => {
		const {code, stderr} = await run(script, sources);
		t.is(code, 0, stderr);
	};

	return {
		isAsWanted: async (sources: string) => (await run(change.probe, sources)).code,
		apply: async (sources: string) => must(change.change, sources),
		undo: async () => must(change.undo, ''),
		rules: async () => (await readFile(rules, 'utf8')).trim().split('\n'),
		forgetOne: async () => writeFile(rules, (await readFile(rules, 'utf8')).replace(/^rich.*6080.*\n/m, '')),
	};
};

const rich = (range: string, port: number): string => `rich-rule=rule family=ipv4 source address=${range} port port=${port} protocol=tcp accept`;

test('firewalld lets in those that are named, others when others are, and none of them afterwards', async t => {
	const {isAsWanted, apply, rules, forgetOne} = await createMachine(t, 'firewalld');
	t.is(await isAsWanted('192.0.2.0/24'), 1);
	await apply('192.0.2.0/24');
	t.is(await isAsWanted('192.0.2.0/24'), 0);
	t.deepEqual(await rules(), ['somebody else\'s', 'source=172.24.4.0/24', rich('192.0.2.0/24', 80), rich('192.0.2.0/24', 6080)]);
	t.is(await isAsWanted('198.51.100.7/32'), 1);
	await apply('198.51.100.7/32');
	t.deepEqual((await rules()).slice(2), [rich('198.51.100.7/32', 80), rich('198.51.100.7/32', 6080)]);
	await forgetOne();
	t.is(await isAsWanted('198.51.100.7/32'), 1, 'a rule that somebody took away');
});

test('firewalld is as before when it is taken back', async t => {
	const {apply, undo, rules} = await createMachine(t, 'firewalld');
	await apply('192.0.2.0/24');
	await undo();
	t.deepEqual(await rules(), ['somebody else\'s']);
	await undo();
});

test('ufw lets in those that are named, and none of them afterwards', async t => {
	const {isAsWanted, apply, undo, rules} = await createMachine(t, 'ufw');
	t.is(await isAsWanted('192.0.2.0/24'), 1);
	await apply('192.0.2.0/24');
	t.is(await isAsWanted('192.0.2.0/24'), 0);
	t.deepEqual(await rules(), ['somebody else\'s', 'allow from 172.24.4.0/24', 'route allow from 172.24.4.0/24', 'allow proto tcp from 192.0.2.0/24 to any port 80', 'allow proto tcp from 192.0.2.0/24 to any port 6080']);
	await apply('198.51.100.7/32');
	t.false((await rules()).some(rule => rule.includes('192.0.2.0')));
	await undo();
	t.deepEqual(await rules(), ['somebody else\'s']);
});
