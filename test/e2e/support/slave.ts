import {Buffer} from 'node:buffer';
import type {ExecutionContext} from 'ava';
import {parse} from 'yaml';
import {document, expect} from './tool.js';

type UserData = {
	readonly write_files: ReadonlyArray<{readonly path: string; readonly permissions: string; readonly content: string}>;
	readonly runcmd: ReadonlyArray<readonly string[]>;
};

const server = 'guest:k2hdkc-dbaas-k2hr3';

/** What cloud-init does with user data of `k2hr3 slave` as a script, up to the command that registers: its packages are in no registry. */
const registrationOf = (userData: string): string => {
	const {write_files: files, runcmd: [registers]} = parse(userData) as UserData;
	return [
		'set -eu',
		...files.map(({path, permissions, content}) => `install -D --mode ${permissions} /dev/null ${path}\nbase64 --decode >${path} <<'end'\n${Buffer.from(content).toString('base64')}\nend`),
		registers!.join(' '),
		'cat /etc/antpickax/k2hr3-role-name',
	].join('\n');
};

export type Members = ReadonlyArray<{readonly part: string; readonly address: string; readonly cuk: string}>;

/** Of a cluster in project `demo`, as its status lists them. */
export const membersOf = async (t: ExecutionContext, cluster: string, words: readonly string[]): Promise<Members> =>
	document<{readonly members: Members}>(await expect(t, 0, ['k2hr3', 'status', cluster, '--project', 'demo', '--json', ...words])).members;

/** Registers a cluster, and in the server of K2HR3, which is one that reaches it, by what `k2hr3 slave` prints a slave node. Twice, as one that boots again. */
export const registerSlave = async (t: ExecutionContext, cluster: string, words: readonly string[]): Promise<Members> => {
	const project = ['--project', 'demo'];
	await expect(t, 0, ['k2hr3', 'register', cluster, ...project, ...words]);
	const {userData} = document<{readonly userData: string}>(await expect(t, 0, ['k2hr3', 'slave', cluster, ...project, '--json', '--set', 'sources.k2hdkc=packages:chmpx=1.0.113,k2hdkc=1.0.19', ...words]));
	for (const input of [registrationOf(userData), registrationOf(userData)]) {
		const {stdout} = await expect(t, 0, ['shell', server, ...words], {input});
		t.is(stdout.trim(), `yrn:yahoo:::demo:role:${cluster}/slave`);
	}

	const members = await membersOf(t, cluster, words);
	t.deepEqual(members.map(({part}) => part), ['slave']);
	return members;
};
