import path from 'node:path';
import {k2hr3Options} from '../../k2hr3/options.js';
import {withSections} from '../../openstack/template.js';
import type {Probe} from '../../pipeline/types.js';
import {builtApp, k2hr3Address} from '../k2hr3/facts.js';
import {stackUser, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {apache, haveRead, troveReaders, waitForTrove, type Reader} from './readers.js';

type Told = {readonly file: string; readonly text: string; readonly readers: readonly Reader[]};

type Needed = Pick<DevstackEnv, 'config' | 'hasK2hr3App' | 'k2hr3' | 'paths'>;

/** Trove's services read this directory besides trove.conf; stack.sh leaves it alone while it writes that. */
const troveFile = '/etc/trove/trove.conf.d/k2hr3.conf';

/** What a file says where there is none. */
const none = '# There is no K2HR3.\n';

const ofTrove = (env: Needed): Told => {
	const options = k2hr3Options(k2hr3Address(env), env.k2hr3.authorityFile);
	const text = Object.keys(options).length === 0 ? none : withSections('', {k2hdkc: options}).trimStart();
	return {file: troveFile, text, readers: troveReaders};
};

const ofHorizon = (env: Needed): Told => {
	// The plugin's own variable, for whom it was set before, counts where nothing else is known.
	const app = env.config.k2hr3.appUrl ?? builtApp(env) ?? env.config.devstack.variables?.K2HDKC_K2HR3_APP_URL;
	return {
		file: `${env.paths.directory}/horizon/openstack_dashboard/local/local_settings.d/_1741_k2hdkc.py`,
		text: app === undefined ? none : `K2HDKC_K2HR3_APP_URL = ${JSON.stringify(app)}\n`,
		readers: apache,
	};
};

/** What is to be read, by whom. */
const toldOf = (env: Needed): readonly Told[] => [ofTrove(env), ...(env.config.components.dashboard ? [ofHorizon(env)] : [])];

/** Services that run and have begun before the file was written. $1: the file; then patterns. A mark beside the file says when they were reloaded. */
const staleScript = `
file=$1
shift
[ -e "$file" ] || exit 0
written=$(stat -c %Y "$file")
[ ! -e "$file.read" ] || [ "$(stat -c %Y "$file.read")" -lt "$written" ] || exit 0
systemctl list-units --plain --no-legend --type=service --state=active "$@" | cut -d ' ' -f 1 | while read -r unit; do
	since=$(date -d "$(systemctl show --property=ActiveEnterTimestamp --value "$unit")" +%s)
	[ "$since" -gt "$written" ] || echo "$unit"
done
`;

const probeOne = async ({host}: Pick<DevstackEnv, 'host'>, {file, text, readers}: Told): Promise<Probe> => {
	const found = await host.read(file);
	if (found === undefined) {
		return {state: 'absent', evidence: `${file} is not there`};
	}

	if (found !== text) {
		return {state: 'broken', evidence: `${file} says something else than the configuration`};
	}

	const {stdout} = await host.run(['sh', '-euc', staleScript, 'sh', file, ...readers.map(({pattern}) => pattern)], {timeout: 30});
	const stale = stdout.split('\n').filter(line => line !== '');
	return stale.length === 0 ? {state: 'present', evidence: file} : {state: 'broken', evidence: `not read yet by ${stale.join(', ')}: ${file}`};
};

const tell = async ({host}: Pick<DevstackEnv, 'host'>, {file, text, readers}: Told): Promise<void> => {
	const isNews = text !== none || await host.read(file) !== undefined;
	await host.write(file, text, {mode: 0o644, owner: `${stackUser}:${stackUser}`});
	await haveRead({host}, isNews ? readers : []);
	await host.run(['touch', '--', `${file}.read`]);
};

/** Tells Trove and Horizon where K2HR3 is, and those that read it alone: what stack.sh depends on stays the same. `needs`: what must not meet a Trove that starts. */
export const tellTrove = (needs: readonly string[]): DevstackStep => ({
	id: 'devstack.k2hr3',
	stage: 'control-plane',
	title: 'Where Trove and Horizon find K2HR3',
	needs: ['devstack.services', ...needs],
	inputs: env => Object.fromEntries(toldOf(env).map(({file, text}) => [file, text])),
	async probe({env}) {
		const probes = await Promise.all(toldOf(env).map(async told => probeOne(env, told)));
		const wrong = probes.find(({state}) => state !== 'present');
		return wrong ?? {state: 'present', evidence: probes.map(({evidence}) => evidence).join(', ')};
	},
	async apply({env, signal, progress}) {
		for (const told of toldOf(env)) {
			if ((await probeOne(env, told)).state !== 'present') {
				await tell(env, told);
			}
		}

		progress.say('waiting until Trove answers');
		await waitForTrove(env, signal);
	},
	undo: {
		depth: 'sources',
		async undo({env, env: {host}}) {
			await host.script(`rm -f ${toldOf(env).map(({file}) => `${file} ${file}.read`).join(' ')}\nfor directory in ${path.dirname(troveFile)} /etc/trove; do [ ! -d "$directory" ] || rmdir --ignore-fail-on-non-empty "$directory"; done\n`);
		},
	},
	own: true,
	timeout: 300,
	idleTimeout: 300,
	expected: 5,
});
