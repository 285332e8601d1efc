import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {Config} from '../../config/schema.js';
import {request} from '../../openstack/api.js';
import {renderTemplate} from '../../openstack/template.js';
import {packageRoot} from '../../packageRoot.js';
import {firstAddress} from '../addresses.js';
import type {Registry} from '../imageEnv.js';
import {hostPackagesStep, installImageTools} from '../machine/hostPackages.js';
import {ownServiceStep, type OwnFile} from './ownService.js';

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

const filesOf = (config: Pick<Config, 'devstack'>): Readonly<Record<string, OwnFile>> => {
	const render = (name: string): OwnFile => ({text: renderTemplate(readFileSync(path.join(packageRoot, 'conf/devstack', name), 'utf8'), {address: registryOf(config).address})});
	return {'/etc/k2hdkc-devstack/registry.yml': render('registry.yml'), [`/etc/systemd/system/${unit}`]: render('registry.service')};
};

export const registry = ownServiceStep({
	id: 'registry',
	stage: 'control-plane',
	title: 'Image registry, for the guests of this DevStack alone',
	needs: [registryPackages.id, 'devstack.services'],
	unit,
	files: ({config}) => filesOf(config),
	inputs: ({config}) => ({files: Object.fromEntries(Object.entries(filesOf(config)).map(([file, {text}]) => [file, text]))}),
	what: ({config}) => `the registry at ${registryOf(config).address}`,
	answers: async ({host, config}) => request(host, {url: `http://${registryOf(config).address}/v2/`, allow: [200], timeout: 5}).then(() => true, () => false),
	remedy: `See journalctl -u ${unit} on the machine. Its address is that of DevStack's bridge br-ex, which a reboot takes away.`,
	data: [data],
});
