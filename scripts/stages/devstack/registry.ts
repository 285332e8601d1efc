import {readFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Config} from '../../config/schema.js';
import {ToolError} from '../../errors/toolError.js';
import {request} from '../../openstack/api.js';
import {renderTemplate} from '../../openstack/template.js';
import {packageRoot} from '../../packageRoot.js';
import {firstAddress} from '../addresses.js';
import type {Registry} from '../imageEnv.js';
import {hostPackagesStep, installImageTools} from '../machine/hostPackages.js';
import type {DevstackEnv, DevstackStep} from './devstackEnv.js';

const port = 5443;

/**
 * The registry that guests pull from: at the address by which Trove's guests reach the machine, the gateway of the floating range, and at no other.
 * It is on a bridge of the machine, so that it has no TLS, as the one of Trove's own plugin.
 */
export const registryOf = ({devstack: {ranges}}: Pick<Config, 'devstack'>): Registry => ({address: `${firstAddress(ranges.floating)}:${port}`, isPlain: true});

/** Before stack.sh begins, like all that apt brings. The service of the package would listen at a port of its own at all addresses. */
export const registryPackages = hostPackagesStep({
	id: 'registry.packages',
	stage: 'control-plane',
	title: 'Program of the image registry',
	// One apt after the other.
	needs: [installImageTools.id],
	packages: ['docker-registry'],
	masked: ['docker-registry.service'],
	record: 'added-registry',
});

const unit = 'k2hdkc-devstack-registry.service';
const data = '/var/lib/k2hdkc-devstack-registry';

const filesOf = (config: Pick<Config, 'devstack'>): Readonly<Record<string, string>> => {
	const render = (name: string): string => renderTemplate(readFileSync(path.join(packageRoot, 'conf/devstack', name), 'utf8'), {address: registryOf(config).address});
	return {'/etc/k2hdkc-devstack/registry.yml': render('registry.yml'), [`/etc/systemd/system/${unit}`]: render('registry.service')};
};

const answers = async ({host, config}: Pick<DevstackEnv, 'host' | 'config'>): Promise<boolean> =>
	request(host, {url: `http://${registryOf(config).address}/v2/`, allow: [200], timeout: 5}).then(() => true, () => false);

/** Seconds until it answers that has just been started. */
const patience = 60;

export const registry: DevstackStep = {
	id: 'registry',
	stage: 'control-plane',
	title: 'Image registry, for the guests of this DevStack alone',
	needs: [registryPackages.id, 'devstack.services'],
	inputs: ({config}) => ({files: filesOf(config)}),
	async probe({env}) {
		const {host, config} = env;
		const wanted = Object.entries(filesOf(config));
		const found = await Promise.all(wanted.map(async ([file]) => host.read(file)));
		if (found.includes(undefined)) {
			return {state: 'absent', evidence: `${wanted[found.indexOf(undefined)]![0]} is not there`};
		}

		const other = wanted.find(([, text], index) => text !== found[index]);
		if (other !== undefined) {
			return {state: 'broken', evidence: `${other[0]} says something else than the configuration`};
		}

		const {address} = registryOf(config);
		return await answers(env) ? {state: 'present', evidence: `the registry at ${address} answers`} : {state: 'broken', evidence: `the registry at ${address} does not answer`};
	},
	async apply({env, signal, progress}) {
		const {host, config} = env;
		await host.run(['install', '-d', '-m', '755', '/etc/k2hdkc-devstack']);
		for (const [file, text] of Object.entries(filesOf(config))) {
			await host.write(file, text, {mode: 0o644});
		}

		await host.script(`systemctl daemon-reload\nsystemctl enable --quiet ${unit}\nsystemctl restart ${unit}\n`, {timeout: 60});
		progress.say('waiting until it answers');
		for (let second = 0; !await answers(env); second++) {
			if (second > patience * config.timeouts.scale) {
				throw new ToolError('K2D2306', `The registry at ${registryOf(config).address} does not answer`, {remedy: `See journalctl -u ${unit} on the machine. Its address is that of DevStack's bridge br-ex, which a reboot takes away.`});
			}

			await sleep(1000, undefined, {signal});
		}
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, config}}) {
			await host.script(`systemctl disable --quiet --now ${unit} 2>/dev/null || true
rm -f ${Object.keys(filesOf(config)).join(' ')}
rm -rf --one-file-system ${data}
if [ -d /etc/k2hdkc-devstack ]; then rmdir --ignore-fail-on-non-empty /etc/k2hdkc-devstack; fi
systemctl daemon-reload
`, {timeout: 120});
		},
	},
	own: true,
	volatile: true,
	timeout: 300,
	idleTimeout: 300,
	expected: 3,
};
