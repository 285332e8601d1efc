import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {rootDirectory} from './root.js';

const hostsFile = ({machineName, addresses}: SandboxEnv): string => [
	'127.0.0.1 localhost',
	'::1 localhost ip6-localhost ip6-loopback',
	`${addresses.current.machine} ${machineName}`,
	'',
].join('\n');

const files = (env: SandboxEnv): Record<string, string> => ({
	'etc/hostname': `${env.machineName}\n`,
	'etc/hosts': hostsFile(env),
	// Routers and floating addresses of the machine are the host's own network namespace's business: forwarding is on only here.
	'etc/sysctl.d/60-k2hdkc-devstack.conf': 'net.ipv4.ip_forward = 1\n',
});

/** Whether the machine's disk is there. */
export const hasDisk = async ({host, paths}: Pick<SandboxEnv, 'host' | 'paths'>): Promise<boolean> =>
	(await host.run(['test', '-s', `${paths.disk}/upper/etc/hosts`], {allow: [0, 1]})).code === 0;

/** The written layer over the cached root: everything of this environment that is not shared. */
export const sandboxDisk: SandboxStep = {
	id: 'sandbox.disk',
	stage: 'machine',
	title: 'Disk of the sandbox machine',
	needs: ['environment', 'sandbox.root'],
	inputs: env => ({root: rootDirectory(env), files: files(env)}),
	async probe({env}) {
		const {paths} = env;
		return await hasDisk(env)
			? {state: 'present', evidence: `${paths.disk} holds the written layer`}
			: {state: 'absent', evidence: `${paths.disk}/upper/etc/hosts is not there`};
	},
	async apply({env}) {
		const {host, paths} = env;
		await host.script(`umask 022\nmkdir -p '${paths.environment}'\nchmod 700 '${paths.environment}'\nmkdir -p '${paths.disk}/upper/etc/sysctl.d' '${paths.disk}/work' '${paths.root}'\n`);
		for (const [name, content] of Object.entries(files(env))) {
			await host.write(`${paths.disk}/upper/${name}`, content);
		}
	},
	undo: {
		depth: 'sources',
		async undo({env: {host, paths}, job}) {
			await job(host, ['rm', '-rf', '--one-file-system', '--', paths.disk]);
			await host.script(`rm -f '${paths.machineLog}'\nif [ -d '${paths.root}' ]; then rmdir '${paths.root}'; fi\n`);
		},
	},
	rerun: 'undo-first',
	timeout: 300,
	idleTimeout: 300,
	expected: 1,
};
