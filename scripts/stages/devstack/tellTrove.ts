import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {k2hr3Options} from '../../k2hr3/options.js';
import {httpRequest} from '../../openstack/http.js';
import {withSections} from '../../openstack/template.js';
import type {Probe} from '../../pipeline/types.js';
import {builtApp, k2hr3Address} from '../k2hr3/facts.js';
import {stackUser, type DevstackEnv, type DevstackStep} from './devstackEnv.js';

/** Services that read a file, as a pattern of systemctl, and the command that has them read it. */
type Reader = {readonly pattern: string; readonly again: 'restart' | 'reload'};

type Told = {readonly file: string; readonly text: string; readonly readers: readonly Reader[]};

type Needed = Pick<DevstackEnv, 'config' | 'hasK2hr3App' | 'k2hr3' | 'paths'>;

/** Trove's services read this directory besides trove.conf; stack.sh leaves it alone while it writes that. */
const troveFile = '/etc/trove/trove.conf.d/k2hr3.conf';

/** What a file says where there is none. */
const none = '# There is no K2HR3.\n';

/** Trove's API is among Apache's, or a service of its own, as DevStack is told. */
const apache = [{pattern: 'apache2*', again: 'reload'}, {pattern: 'httpd*', again: 'reload'}] as const;

const ofTrove = (env: Needed): Told => {
	const options = k2hr3Options(k2hr3Address(env), env.k2hr3.authorityFile);
	const text = Object.keys(options).length === 0 ? none : withSections('', {k2hdkc: options}).trimStart();
	return {file: troveFile, text, readers: [{pattern: 'devstack@tr*', again: 'restart'}, ...apache]};
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
	for (const {pattern, again} of isNews ? readers : []) {
		await host.script(`systemctl list-units --plain --no-legend --type=service --state=active '${pattern}' | cut -d ' ' -f 1 | xargs --no-run-if-empty systemctl ${again}\n`, {timeout: 120});
	}

	await host.run(['touch', '--', `${file}.read`]);
};

/** Seconds until its API answers that was just started. What it answers is for others to judge, and so is that it does not. */
const patience = 120;

const waitForTrove = async ({host, api}: Pick<DevstackEnv, 'api' | 'host'>, signal: AbortSignal): Promise<void> => {
	const {origin} = new URL(api.url.database);
	for (let second = 0; second < patience && !await httpRequest(host, {url: `${origin}/`, timeout: 10}).then(({status}) => status < 500, () => false); second += 2) {
		await sleep(2000, undefined, {signal});
	}
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
