import {stringify} from 'yaml';
import {ToolError} from '../../errors/toolError.js';
import {quote} from '../../machines/quote.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {authorityFile, registryAddress} from './registry.js';

/** In the machine: what Trove hands to cloud-init of every guest of the datastore; the name is that of the datastore's manager. */
const userDataFile = '/etc/trove/cloudinit/k2hdkc.cloudinit';

/**
 * Lets the guest's docker trust the registry, and nothing else trust its authority. A command and no `write_files`: up to 2025.1 Trove appends a
 * list of that name to this text, which takes the place of ours. Docker reads the certificate with each pull, so no order of the units matters.
 */
export const guestUserData = (registry: string, certificate: string): string => {
	const directory = `/etc/docker/certs.d/${registry}`;
	const command = `mkdir -p ${quote(directory)} && printf %s ${quote(certificate)} > ${quote(`${directory}/ca.crt`)}`;
	return `#cloud-config\n${stringify({bootcmd: [['sh', '-c', command]]}, {lineWidth: 0})}`;
};

/** The user data as it should be; undefined before the authority is there. */
const wantedOf = async (env: SandboxEnv): Promise<string | undefined> => {
	const certificate = await env.machine.read(authorityFile);
	return certificate === undefined ? undefined : guestUserData(registryAddress(env), certificate);
};

/** The registry's authority goes to guests by their user data: images are shared by environments, an authority belongs to one. */
export const registryTrust: SandboxStep = {
	id: 'registry.trust',
	stage: 'control-plane',
	title: 'Guests trust the image registry: its authority in their user data',
	needs: ['registry', 'trove'],
	inputs: env => ({template: guestUserData(registryAddress(env), '')}),
	async probe({env}) {
		const [wanted, found] = await Promise.all([wantedOf(env), env.machine.read(userDataFile)]);
		if (found === undefined || wanted === undefined) {
			return {state: 'absent', evidence: `the machine's ${found === undefined ? userDataFile : authorityFile} is not there`};
		}

		return found === wanted
			? {state: 'present', evidence: `${userDataFile} has the certificate of the registry's authority`}
			: {state: 'broken', evidence: `${userDataFile} has another certificate or address than the registry`};
	},
	async apply({env}) {
		const wanted = await wantedOf(env);
		if (wanted === undefined) {
			throw new ToolError('K2D9001', `the machine's ${authorityFile} is not there after the registry started`);
		}

		await env.machine.write(userDataFile, wanted, {mode: 0o644});
	},
	undo: {nothingLeft: 'It lies on the disk of the sandbox machine and goes with that.'},
	timeout: 60,
	idleTimeout: 60,
	expected: 1,
};
