import {ToolError} from '../../errors/toolError.js';
import {stackPasswords, stackUser, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {chosenAddress} from './hostAddress.js';
import {renderLocalConf, type LocalConf} from './localConfText.js';
import {systemName} from './support.js';

const textOf = (env: DevstackEnv, password: (name: string) => string): string | undefined => {
	const {config, support, paths, facts} = env;
	const hostAddress = chosenAddress(facts, config.devstack);
	const passwords = Object.fromEntries(stackPasswords.map(name => [name, password(name)])) as LocalConf['passwords'];
	return hostAddress === undefined ? undefined : renderLocalConf({config, support, paths, hostAddress, passwords, system: systemName(facts.system), nameServers: facts.nameServers});
};

const wantedText = (env: DevstackEnv): string => {
	const text = textOf(env, name => env.secrets.get(name));
	if (text === undefined) {
		throw new ToolError('K2D3014', 'It is not clear which address of the machine is meant', {remedy: 'Name it: --set devstack.hostAddress=ADDRESS.'});
	}

	return text;
};

/** What the text depends on, with the names of passwords in place of the passwords. */
export const localConfInputs = (env: DevstackEnv): {readonly text: string | null} => ({text: textOf(env, name => `secret.${name}`) ?? null});

/** Everything that stack.sh is told. */
export const localConf: DevstackStep = {
	id: 'devstack.local-conf',
	stage: 'control-plane',
	title: 'local.conf',
	needs: ['devstack.passwords', 'devstack.plugin', 'repository.devstack'],
	inputs: localConfInputs,
	async probe({env}) {
		const {localConf: file} = env.paths;
		const text = await env.host.read(file);
		if (text === undefined) {
			return {state: 'absent', evidence: `${file} is not there`};
		}

		return text === wantedText(env) ? {state: 'present', evidence: `${file} says what the configuration does`} : {state: 'broken', evidence: `${file} says something else than the configuration`};
	},
	async apply({env, progress}) {
		const {host, paths: {localConf: file}} = env;
		const text = wantedText(env);
		const before = await host.read(file);
		if (before !== undefined && before !== text) {
			progress.say(`keeping what was in it as ${file}.saved`);
			await host.write(`${file}.saved`, before, {mode: 0o600, owner: `${stackUser}:${stackUser}`});
		}

		await host.write(file, text, {mode: 0o600, owner: `${stackUser}:${stackUser}`});
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, paths}}) {
			await host.run(['rm', '-f', '--', paths.localConf, `${paths.localConf}.saved`]);
		},
	},
	timeout: 60,
	idleTimeout: 60,
	expected: 1,
};
