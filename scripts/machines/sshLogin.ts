import {readFile} from 'node:fs/promises';
import path from 'node:path';
import ssh2, {type AgentAuthMethod, type PublicKeyAuthMethod} from 'ssh2';
import {ToolError} from '../errors/toolError.js';

export type LoginOptions = {
	readonly user: string;
	/** Socket of the agent, when there is one. */
	readonly agent?: string | undefined;
	/** The only key file to try; otherwise those that ssh would take from `~/.ssh`. */
	readonly identityFile?: string | undefined;
	readonly home: string;
};

export type Login = {
	readonly methods: ReadonlyArray<AgentAuthMethod | PublicKeyAuthMethod>;
	/** What will be tried, and what cannot be, for the error when nothing is accepted. */
	readonly description: string;
};

const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'] as const;

type KeyFile = {readonly file: string; readonly method?: PublicKeyAuthMethod; readonly problem?: string};

const readKey = async (user: string, file: string): Promise<KeyFile> => {
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		return {file, problem: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not there' : 'not readable'};
	}

	const key = ssh2.utils.parseKey(text);
	if (key instanceof Error) {
		return {file, problem: /passphrase|encrypted/i.test(key.message) ? 'has a passphrase: add it to the agent with ssh-add' : 'not a private key'};
	}

	const [parsed] = [key].flat();
	return parsed?.isPrivateKey() ? {file, method: {type: 'publickey', username: user, key: parsed}} : {file, problem: 'not a private key'};
};

/** The ways to log in, in order: the agent, then key files. Throws K2D5004 when there is none or the given key file cannot be used. */
export const findLogin = async ({user, agent, identityFile, home}: LoginOptions): Promise<Login> => {
	const files = identityFile === undefined ? usualKeys.map(name => path.join(home, '.ssh', name)) : [identityFile];
	const keys = await Promise.all(files.map(async file => readKey(user, file)));
	const given = identityFile === undefined ? undefined : keys[0];
	if (given?.problem !== undefined && (agent === undefined || !given.problem.includes('ssh-add'))) {
		throw new ToolError('K2D5004', `The key file ${given.file} cannot be used: ${given.problem}.`);
	}

	const methods = [
		...(agent === undefined ? [] : [{type: 'agent' as const, username: user, agent}]),
		...keys.flatMap(({method}) => method ? [method] : []),
	];
	const tried = [
		...(agent === undefined ? [] : ['the agent']),
		...keys.filter(({problem}) => problem !== 'not there').map(({file, problem}) => problem === undefined ? file : `${file} (${problem})`),
	];
	if (methods.length === 0) {
		throw new ToolError('K2D5004', `There is no key to log in with as ${user}: no agent in SSH_AUTH_SOCK, and ${tried.length === 0 ? `none of ${files.join(', ')} is there` : tried.join(', ')}.`);
	}

	return {methods, description: tried.join(', ')};
};
