import {readFileSync} from 'node:fs';
import path from 'node:path';
import {stringify} from 'yaml';
import {registriesOf} from '../../config/insecureRegistries.js';
import {ToolError} from '../../errors/toolError.js';
import {quote} from '../../machines/quote.js';
import {packageRoot} from '../../packageRoot.js';
import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';
import {authorityFile, registryAddress} from './registry.js';

/** In the machine: what Trove hands to cloud-init of every guest of the datastore; the name is that of the datastore's manager. */
const userDataFile = '/etc/trove/cloudinit/k2hdkc.cloudinit';

/** Writes files; those of a guest that has booted before are written again. */
const writing = (files: Readonly<Record<string, string>>): string => Object.entries(files)
	.map(([file, text]) => `mkdir -p ${quote(path.dirname(file))} && printf %s ${quote(text)} > ${quote(file)}`).join(' && ');

/** In guests: the program that adds registries to docker's configuration. */
const mergeProgram = '/usr/local/sbin/k2hdkc-docker-registries';

/**
 * Adds registries without TLS to docker's daemon.json each time before docker starts, whatever has written that file by then: the image, Trove by
 * cloud-init, or a person.
 */
const registriesCommand = (registries: readonly string[]): string => `${writing({
	[mergeProgram]: readFileSync(path.join(packageRoot, 'conf/sandbox/docker-registries.py'), 'utf8'),
	'/etc/systemd/system/docker.service.d/k2hdkc-registries.conf': `[Service]\nExecStartPre=/usr/bin/python3 ${mergeProgram} /etc/docker/daemon.json ${registries.join(' ')}\n`,
})} && systemctl daemon-reload`;

/**
 * Lets the guest's docker trust the registry, and nothing else trust its authority; and ask the given registries without TLS. Commands and no
 * `write_files`: up to 2025.1 Trove appends a list of that name to this text, which takes the place of ours. Docker reads the certificate with
 * each pull, so no order of the units matters.
 */
export const guestUserData = (registry: string, certificate: string, withoutTls: readonly string[]): string => {
	const commands = [writing({[`/etc/docker/certs.d/${registry}/ca.crt`]: certificate}), ...(withoutTls.length > 0 ? [registriesCommand(withoutTls)] : [])];
	return `#cloud-config\n${stringify({bootcmd: commands.map(command => ['sh', '-c', command])}, {lineWidth: 0})}`;
};

const userDataOf = (env: SandboxEnv, certificate: string): string =>
	guestUserData(registryAddress(env), certificate, registriesOf(env.config.datastore.options.docker_insecure_registries));

/** The user data as it should be; undefined before the authority is there. */
const wantedOf = async (env: SandboxEnv): Promise<string | undefined> => {
	const certificate = await env.machine.read(authorityFile);
	return certificate === undefined ? undefined : userDataOf(env, certificate);
};

/** The registry's authority goes to guests by their user data: images are shared by environments, an authority belongs to one. */
export const registryTrust: SandboxStep = {
	id: 'registry.trust',
	stage: 'control-plane',
	title: 'Guests trust the image registry: its authority in their user data',
	needs: ['registry', 'trove'],
	inputs: env => ({template: userDataOf(env, '')}),
	async probe({env}) {
		const [wanted, found] = await Promise.all([wantedOf(env), env.machine.read(userDataFile)]);
		if (found === undefined || wanted === undefined) {
			return {state: 'absent', evidence: `the machine's ${found === undefined ? userDataFile : authorityFile} is not there`};
		}

		return found === wanted
			? {state: 'present', evidence: `${userDataFile} has the certificate of the registry's authority`}
			: {state: 'broken', evidence: `${userDataFile} has another certificate, address or list of registries than the configuration`};
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
