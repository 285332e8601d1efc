import {ports, request} from '../../openstack/api.js';
import {serviceStep} from '../controlPlane/service.js';
import type {ServiceFile} from '../controlPlane/serviceFiles.js';
import {downloadPackages, installPackages} from '../machine/machinePackages.js';
import type {SandboxStep} from '../sandboxEnv.js';
import {certificatePath, refuseCertificate} from './certificate.js';
import {proxyFiles, proxyUnit} from './proxyFiles.js';

const packages = {
	name: 'k2hr3',
	of: 'the proxy of K2HR3',
	packages: ['haproxy'],
	expected: {download: 10, install: 10},
};

export const k2hr3Download = downloadPackages(packages);
export const k2hr3Packages = installPackages(packages);

const files: readonly ServiceFile[] = [
	{template: '../k2hr3/haproxy.cfg', path: proxyFiles.access, mode: 0o644},
	{template: 'k2hr3-identity.cfg', path: `${proxyFiles.directory}/identity.cfg`, mode: 0o644},
	{template: 'k2hr3-certificate.pem', path: certificatePath, mode: 0o600, sealed: env => env.k2hr3Certificate ?? ''},
	{template: '../k2hr3/proxy.service', path: proxyFiles.unit, mode: 0o644},
];

/** The service of the package itself has nothing to do. It stands before the server, which asks Keystone by it. */
const service = serviceStep({
	id: 'k2hr3.proxy',
	title: 'HAProxy, by which K2HR3 is reached from outside',
	needs: ['k2hr3.packages', 'keystone'],
	files,
	prepare: () => 'SYSTEMCTL_SKIP_SYSV=1 systemctl disable --quiet --now haproxy.service\n',
	units: [proxyUnit],
	async ask({host, addresses, config}) {
		const url = `http://${addresses.current.machine}:${config.k2hr3.ports.identity}/identity/v3`;
		const {status} = await request(host, {url, timeout: 10});
		return `${url} answers ${status}, as Keystone does at port ${ports.identity}`;
	},
	expected: 5,
});

export const k2hr3Proxy: SandboxStep = {
	...service,
	stage: 'k2hr3',
	async apply(context) {
		const {config: {k2hr3: {certificateFile}}, k2hr3Certificate, addresses} = context.env;
		if (certificateFile !== null) {
			refuseCertificate(certificateFile, k2hr3Certificate, addresses.current.machine);
		}

		await service.apply(context);
	},
	undo: {
		nothingLeft: 'It lies on the disk of the sandbox machine and goes with that.',
		async release({env: {machine}}) {
			await machine.script(`systemctl disable --quiet --now ${proxyUnit} 2>/dev/null || true\nrm -f ${files.map(({path}) => path).join(' ')}\nsystemctl daemon-reload\n`);
		},
	},
};
