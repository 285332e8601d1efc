import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import {runCommand} from '../../../helpers/runCommand.js';
import {sourceVariables, unfetched, withFetched} from '../../../../scripts/stages/devstack/fetchedSources.js';
import {
	allFetched, fetchableSystem, fetchedDirectory, lookScript, markFunctions, missingParts, parseFetched, partProbe,
} from '../../../../scripts/stages/devstack/fetchedState.js';
import {devstackSteps} from '../../../../scripts/stages/devstack/steps.js';
import {stepsThatFetch} from '../../../../scripts/pipeline/outside.js';
import {order, select} from '../../../../scripts/pipeline/graph.js';
import type {DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {devstackConfig, goodMachine} from './samples.js';

const systems: ReadonlyArray<readonly [id: string, version: string, name: string | undefined]> = [
	['debian', '12', 'bookworm'], ['debian', '13', 'trixie'], ['ubuntu', '24.04', 'noble'], ['rocky', '9.4', undefined], ['arch', '1', undefined],
];

for (const [id, version, name] of systems) {
	test(`on ${id} ${version} ${name === undefined ? 'nothing can be fetched ahead' : 'stack.sh can do with what was fetched'}`, t => {
		t.is(fetchableSystem({system: {id, version, title: ''}}), name);
	});
}

test('the directory bears the name of what decides, and of nothing else', t => {
	const directory = fetchedDirectory(devstackConfig(), 'trixie');
	t.regex(directory, /^\/var\/cache\/k2hdkc-devstack(?:\/[^/]+)?\/devstack\/[\da-f]{16}$/);
	t.is(fetchedDirectory(devstackConfig(['devstack.minimum.cpus=1', 'sources.devstack.git=file:///srv/git']), 'trixie'), directory);
	for (const other of [devstackConfig(['components.swift=false']), devstackConfig(['sources.devstack.refs={nova: one}']), devstackConfig([], '2025.1')]) {
		t.not(fetchedDirectory(other, 'trixie'), directory);
	}

	t.not(fetchedDirectory(devstackConfig(), 'bookworm'), directory);
});

const states: ReadonlyArray<readonly [line: string, probe: string, evidence: RegExp]> = [
	['python absent 0', 'absent', /^\/c\/python is not there$/],
	['python unfinished 7', 'broken', /is not finished$/],
	['python changed 7', 'broken', /holds 7 files, and not those that were fetched$/],
	['python others 7', 'broken', /of other commits than those that are checked out$/],
	['python complete 312', 'present', /^\/c\/python holds 312 files$/],
];

for (const [line, state, evidence] of states) {
	test(`a part that is ${line.split(' ')[1]}`, t => {
		const fetched = parseFetched('/c', `packages complete 3\n${line}\ndownloads complete 2\n`);
		const probe = partProbe(fetched, 'python');
		t.is(probe.state, state as typeof probe.state);
		t.regex(probe.evidence, evidence);
		t.deepEqual(missingParts(fetched), state === 'present' ? [] : ['packages of Python']);
		t.is(allFetched(fetched), state === 'present' ? '/c' : undefined);
	});
}

test('a look at what was fetched tells what is whole, what has changed, and what is not there', async t => {
	const directory = mkdtempSync(path.join(os.tmpdir(), 'k2hdkc-fetched-'));
	t.teardown(() => {
		rmSync(directory, {recursive: true, force: true});
	});
	const look = async (): Promise<string> => (await runCommand('sh', ['-euc', lookScript, 'sh', directory, path.join(directory, 'nowhere')])).stdout;
	const finish = async (part: string): Promise<unknown> => runCommand('sh', ['-euc', `${markFunctions}\ncd "$1"; listing >.complete`, 'sh', path.join(directory, part)]);
	mkdirSync(path.join(directory, 'packages'));
	writeFileSync(path.join(directory, 'packages/one.deb'), 'one');
	t.is(await look(), 'packages unfinished 1\npython absent 0\ndownloads absent 0\n');
	await finish('packages');
	t.is(await look(), 'packages complete 1\npython absent 0\ndownloads absent 0\n');
	writeFileSync(path.join(directory, 'packages/.commits'), 'nova 1234\n');
	t.is((await look()).split('\n')[0], 'packages others 1');
	writeFileSync(path.join(directory, 'packages/one.deb'), 'o');
	t.is((await look()).split('\n')[0], 'packages changed 1');
});

const complaints: ReadonlyArray<readonly [lines: readonly string[], what: string | undefined]> = [
	[['E: Unable to locate package jq', 'Error on exit'], 'the package jq'],
	[['E: Package \'tgt\' has no installation candidate'], 'the package tgt'],
	[['ERROR: Could not find a version that satisfies the requirement pbr>=6 (from versions: none)', 'ERROR: No matching distribution found for pbr>=6'], 'the Python package pbr>=6'],
	[['+ timeout 0 git clone --no-checkout https://git.example.org/x.git /opt/stack/x', 'fatal: transport \'https\' not allowed'], 'the repository https://git.example.org/x.git'],
	[['+ timeout 0 git clone --no-checkout https://git.example.org/x.git /opt/stack/x', 'ERROR: no space left'], undefined],
	[['wget: unable to resolve host address ‘files.example.org’'], 'something of files.example.org'],
	[['curl: (6) Could not resolve host: files.example.org'], 'something of files.example.org'],
	[['ERROR: Keystone did not start'], undefined],
];

for (const [lines, what] of complaints) {
	test(`${lines.at(-1)!.replaceAll(': ', ' - ')} ${what === undefined ? 'asks for nothing' : `asks for ${what}`}`, t => {
		t.is(unfetched(lines), what);
	});
}

test('pip and git are told of what was fetched and of nothing else; without it of the index that is configured', t => {
	const {sources} = devstackConfig();
	t.deepEqual(sourceVariables('/c', sources), {PIP_NO_INDEX: '1', PIP_FIND_LINKS: '/c/python', GIT_ALLOW_PROTOCOL: 'file'});
	t.deepEqual(sourceVariables(undefined, sources), {});
	t.deepEqual(sourceVariables(undefined, devstackConfig(['sources.python.index=https://pip.example.org/simple']).sources), {PIP_INDEX_URL: 'https://pip.example.org/simple'});
	t.deepEqual(withFetched('/c', '/opt/stack/devstack', ['one', 'two']).slice(3), ['sh', '/c', '/opt/stack/devstack', 'one', 'two']);
});

const steps = devstackSteps(devstackConfig(['components.images=false']), goodMachine);
const ahead = ['fetched.tools', 'fetched.packages', 'fetched.python', 'fetched.downloads'];

test('only fetch does them', t => {
	const fetched = parseFetched('/c', '');
	const env = {config: devstackConfig(['components.images=false']), fetched} as unknown as DevstackEnv;
	const fetching = stepsThatFetch(steps, env, {});
	t.deepEqual(ahead.filter(id => !fetching.includes(id)), []);
	t.false(fetching.includes('devstack.stack'));
	const planned = select(order(steps), {});
	t.deepEqual(ahead.filter(id => planned.has(id)), []);
	t.deepEqual(steps.find(({id}) => id === 'devstack.stack')!.reaches!(env), ['packages of the distribution', 'packages of Python', 'the archive of etcd and the disk of CirrOS']);
	t.deepEqual(steps.find(({id}) => id === 'devstack.stack')!.reaches!({...env, fetched: parseFetched('/c', 'packages complete 1\npython complete 1\ndownloads complete 1\n')}), []);
});

test('where nothing can be fetched ahead, stack.sh asks anew', t => {
	const rocky = devstackSteps(devstackConfig(), {...goodMachine, system: {id: 'rocky', version: '9.4', title: 'Rocky Linux 9.4'}});
	t.false(rocky.some(({id}) => id.startsWith('fetched.')));
	const stack = rocky.find(({id}) => id === 'devstack.stack')!;
	t.true(stack.asksAnew);
	t.deepEqual(stack.reaches!({fetched: undefined} as unknown as DevstackEnv), ['the mirrors of the distribution', 'the Python package index', 'what sources.devstack names']);
});
