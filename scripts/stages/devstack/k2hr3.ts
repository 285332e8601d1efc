import {readFileSync} from 'node:fs';
import path from 'node:path';
import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import {renderTemplate} from '../../openstack/template.js';
import {packageRoot} from '../../packageRoot.js';
import {certificatePath, refuseCertificate} from '../k2hr3/certificate.js';
import type {K2hr3Cloud} from '../k2hr3/k2hr3Env.js';
import {proxyFiles, proxyUnit, proxyValues} from '../k2hr3/proxyFiles.js';
import {k2hr3ImageSteps} from '../k2hr3/imageSteps.js';
import {k2hr3ServerSteps} from '../k2hr3/steps.js';
import {hostPackagesStep, installImageTools} from '../machine/hostPackages.js';
import {cloudsYaml, type DevstackEnv, type DevstackStep} from './devstackEnv.js';
import {forgetHostKeys, inK2hr3Server, learnHostKeys, troublesOf} from './k2hr3Guest.js';
import {troveWords} from './moreVersions.js';
import {onDevstack} from './onDevstack.js';
import {ownServiceStep, type OwnFile, type OwnFiles} from './ownService.js';
import {devstackPlace} from './place.js';

/** Servers are virtual machines. */
export const devstackK2hr3 = (env: Pick<DevstackEnv, 'api' | 'config' | 'host' | 'paths'>, machine: string, {config, paths} = env): K2hr3Cloud => ({
	place: () => devstackPlace(config, machine),
	networks: {private: 'private', public: 'public'},
	projects: ['demo'],
	authorityFile: config.k2hr3.caFile ?? undefined,
	command: (args, project) => troveWords(paths, [
		`OS_CLIENT_CONFIG_FILE=${cloudsYaml}`, 'OS_CLOUD=devstack-admin', ...(project === undefined ? [] : [`OS_PROJECT_NAME=${project}`]),
	], ['-', '-m', 'trove_k2hdkc.k2hr3', ...args]),
	inServer: (_, argv) => inK2hr3Server(env, devstackPlace(config, machine).floating, argv),
	troubles: async server => troublesOf(env, server, devstackPlace(config, machine).floating),
	reached: async server => learnHostKeys(env, server, devstackPlace(config, machine).floating),
	forget: async () => forgetHostKeys(env),
});

/** Before stack.sh begins, like all that apt brings. */
const packages = hostPackagesStep<DevstackEnv>({
	id: 'k2hr3.packages',
	// DevStack itself has it too, so that it stays when K2HR3 goes.
	stage: 'control-plane',
	title: 'Program of the proxy of K2HR3',
	// One apt after the other.
	needs: [installImageTools.id],
	packages: ['haproxy'],
	masked: ['haproxy.service'],
	record: 'added-k2hr3',
});

const filesOf = (env: DevstackEnv): OwnFiles => {
	const {config: {k2hr3: {ports, certificateFile}}, k2hr3, k2hr3Certificate = ''} = env;
	const render = (name: string): OwnFile => ({
		text: renderTemplate(readFileSync(path.join(packageRoot, 'conf/k2hr3', name), 'utf8'), {address: k2hr3.place().machine, k2hr3: {...ports, ...proxyValues(env)}}),
	});
	return {
		[proxyFiles.access]: render('haproxy.cfg'), [proxyFiles.unit]: render('proxy.service'),
		[certificatePath]: certificateFile === null ? undefined : {text: k2hr3Certificate, mode: 0o600},
	};
};

/** It stands before the server: whether that answers is asked of the server's own step. */
const proxy = ownServiceStep({
	id: 'k2hr3.proxy',
	stage: 'k2hr3',
	title: 'HAProxy, by which K2HR3 is reached from outside',
	needs: [packages.id, 'devstack.services'],
	unit: proxyUnit,
	files: filesOf,
	inputs: env => ({access: filesOf(env)[proxyFiles.access]!.text, unit: filesOf(env)[proxyFiles.unit]!.text}),
	what: ({config: {k2hr3: {ports}}, k2hr3}) => `the proxy of K2HR3 at ${k2hr3.place().machine}:${ports.api}`,
	answers: async ({host, config: {k2hr3: {ports}}, k2hr3}) => host.connect(k2hr3.place().machine, ports.api).then(socket => {
		socket.destroy();
		return true;
	}, () => false),
	remedy: `See journalctl -u ${proxyUnit} on the machine.`,
	refuse({config: {k2hr3: {certificateFile}}, k2hr3Certificate, k2hr3}) {
		if (certificateFile !== null) {
			refuseCertificate(certificateFile, k2hr3Certificate, k2hr3.place().machine);
		}
	},
	data: [proxyFiles.directory],
});

type Needed = Pick<Config, 'components' | 'k2hr3' | 'sources'>;

/** What apt brings for a K2HR3 that is built. */
export const k2hr3Tools = (config: Needed): readonly DevstackStep[] => chooseK2hr3(config).kind === 'built' ? [packages] : [];

/** The steps of K2HR3: one that is built with its image, one that is there already, or none. */
export const devstackK2hr3Steps = (config: Needed): readonly DevstackStep[] => {
	const {build, push} = k2hr3ImageSteps(config);
	const isBuilt = chooseK2hr3(config).kind === 'built';
	return [...(isBuilt ? [...build, ...push] : []), ...k2hr3ServerSteps<DevstackEnv>(config, [proxy])].map(step => onDevstack(step));
};
