import ssh2 from 'ssh2';
import {generateSshKey} from '../../machines/sshKey.js';
import {serverName} from './facts.js';
import type {K2hr3Env, K2hr3Step} from './k2hr3Env.js';

/** On the environment's host: the private key that opens the server to ssh, for the user debian. The public one beside it ends in `.pub`. */
export const keyFile = ({paths}: Pick<K2hr3Env, 'paths'>): string => `${paths.environment}/k2hr3-key`;

/** Beside it: host keys of the server, where it is reached by ssh. */
export const knownHosts = ({paths}: Pick<K2hr3Env, 'paths'>): string => `${paths.environment}/k2hr3-known-hosts`;

/** The public key that belongs to the private one in the file; undefined when there is none, or no key in it. */
const publicKeyOf = (secret: string | undefined): string | undefined => {
	const key = secret === undefined ? undefined : ssh2.utils.parseKey(secret);
	return key === undefined || key instanceof Error ? undefined : `${key.type} ${key.getPublicSSH().toString('base64')}`;
};

const url = ({api}: Pick<K2hr3Env, 'api'>): string => `${api.url.compute}/os-keypairs`;

/** Type and key, as Nova is to have them. @throws when the step of the key has not been done */
const wantedKey = async (env: Pick<K2hr3Env, 'host' | 'paths'>): Promise<string> => {
	const key = publicKeyOf(await env.host.read(keyFile(env)));
	if (key === undefined) {
		throw new Error(`${keyFile(env)} holds no key`);
	}

	return key;
};

/** Whether Nova has the key under the server's name. */
export const hasKeyPair = async (env: K2hr3Env): Promise<boolean> => {
	const {status, body} = await env.api.request({url: `${url(env)}/${serverName}`, allow: [200, 404]});
	return status === 200 && (body as {keypair: {public_key: string}}).keypair.public_key.trim() === await wantedKey(env);
};

export const removeKeyPair = async (env: Pick<K2hr3Env, 'api'>): Promise<void> => {
	await env.api.request({method: 'DELETE', url: `${url(env)}/${serverName}`, allow: [202, 204, 404]});
};

/** One of that name with another key gives way: it belongs to nobody whose private key is at hand. */
export const ensureKeyPair = async (env: K2hr3Env): Promise<void> => {
	if (!await hasKeyPair(env)) {
		await removeKeyPair(env);
		await env.api.request({method: 'POST', url: url(env), body: {keypair: {name: serverName, public_key: await wantedKey(env)}}});
	}
};

export const k2hr3Key: K2hr3Step = {
	id: 'k2hr3.key',
	stage: 'k2hr3',
	title: 'Key that opens the K2HR3 server to ssh',
	needs: ['environment'],
	inputs: () => ({}),
	async probe({env}) {
		const file = keyFile(env);
		const [secret, open] = await Promise.all([env.host.read(file), env.host.read(`${file}.pub`)]);
		if (secret === undefined) {
			return {state: 'absent', evidence: `${file} is not there`};
		}

		const key = publicKeyOf(secret);
		return key !== undefined && open?.trim() === key ? {state: 'present', evidence: file} : {state: 'broken', evidence: `${file} and ${file}.pub do not belong to each other`};
	},
	async apply({env}) {
		const file = keyFile(env);
		const secret = await env.host.read(file);
		const made = publicKeyOf(secret) === undefined ? generateSshKey().secret : secret!;
		await env.host.write(file, made, {mode: 0o600});
		await env.host.write(`${file}.pub`, `${publicKeyOf(made)}\n`, {mode: 0o644});
	},
	undo: {
		depth: 'sources',
		async undo({env}) {
			await env.host.run(['rm', '-f', '--', keyFile(env), `${keyFile(env)}.pub`, knownHosts(env)]);
		},
	},
	timeout: 60,
	idleTimeout: 60,
	expected: 1,
};
