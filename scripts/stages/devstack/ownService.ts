import {setTimeout as sleep} from 'node:timers/promises';
import {ToolError} from '../../errors/toolError.js';
import type {DevstackEnv, DevstackStep} from './devstackEnv.js';

/** A file of a service: its text, and its mode where it is not 0644. */
export type OwnFile = {readonly text: string; readonly mode?: number};

/** By their paths; undefined is one that there is not to be. */
export type OwnFiles = Readonly<Record<string, OwnFile | undefined>>;

/** A service beside those of DevStack, with a unit and files of its own. */
export type OwnService = Pick<DevstackStep, 'id' | 'stage' | 'title' | 'needs'> & {
	readonly unit: string;
	readonly files: (env: DevstackEnv) => OwnFiles;
	/** What the files depend on, without secrets. */
	readonly inputs: (env: DevstackEnv) => unknown;
	/** What answers, in words. */
	readonly what: (env: DevstackEnv) => string;
	readonly answers: (env: DevstackEnv) => Promise<boolean>;
	/** What a person does when it does not. */
	readonly remedy: string;
	/** Stops what cannot work before anything is changed. */
	readonly refuse?: (env: DevstackEnv) => void;
	/** Directories that go with it. */
	readonly data?: readonly string[];
};

/** Seconds until it answers that has just been started. */
const patience = 60;

const waitFor = async ({what, answers, remedy}: OwnService, env: DevstackEnv, signal: AbortSignal): Promise<void> => {
	for (let second = 0; !await answers(env); second++) {
		if (second > patience * env.config.timeouts.scale) {
			throw new ToolError('K2D2306', `${what(env)} does not answer`, {remedy});
		}

		await sleep(1000, undefined, {signal});
	}
};

const take = async ({unit, files, data = []}: OwnService, env: DevstackEnv): Promise<void> => {
	await env.host.script(`systemctl disable --quiet --now ${unit} 2>/dev/null || true
rm -f ${Object.keys(files(env)).join(' ')}
rm -rf --one-file-system ${data.join(' ')}
if [ -d /etc/k2hdkc-devstack ]; then rmdir --ignore-fail-on-non-empty /etc/k2hdkc-devstack; fi
systemctl daemon-reload
`, {timeout: 120});
};

/** The step that runs it. `down` leaves it alone; after a reboot it starts by itself. */
export const ownServiceStep = (service: OwnService): DevstackStep => ({
	id: service.id,
	stage: service.stage,
	title: service.title,
	needs: service.needs,
	inputs: service.inputs,
	async probe({env}) {
		const wanted = Object.entries(service.files(env));
		const found = await Promise.all(wanted.map(async ([file]) => env.host.read(file)));
		const missing = wanted.find(([, file], index) => file !== undefined && found[index] === undefined);
		if (missing !== undefined) {
			return {state: 'absent', evidence: `${missing[0]} is not there`};
		}

		const other = wanted.find(([, file], index) => file?.text !== found[index]);
		if (other !== undefined) {
			return {state: 'broken', evidence: `${other[0]} says something else than the configuration`};
		}

		return await service.answers(env) ? {state: 'present', evidence: `${service.what(env)} answers`} : {state: 'broken', evidence: `${service.what(env)} does not answer`};
	},
	async apply({env, signal, progress}) {
		service.refuse?.(env);
		// Services that run as somebody else read what is there.
		await env.host.run(['install', '-d', '-m', '755', '/etc/k2hdkc-devstack']);
		for (const [path, file] of Object.entries(service.files(env))) {
			await (file === undefined ? env.host.run(['rm', '-f', '--', path]) : env.host.write(path, file.text, {mode: file.mode ?? 0o644}));
		}

		await env.host.script(`systemctl daemon-reload\nsystemctl enable --quiet ${service.unit}\nsystemctl restart ${service.unit}\n`, {timeout: 60});
		progress.say('waiting until it answers');
		await waitFor(service, env, signal);
	},
	undo: {
		depth: 'sources',
		undo: async ({env}) => take(service, env),
	},
	own: true,
	volatile: true,
	timeout: 300,
	idleTimeout: 300,
	expected: 3,
});
