import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {runCommand} from '../../helpers/runCommand.js';
import {name, paths} from './tool.js';

/** Names of the machine and its network namespace, and of the host's end of the link. */
export const machineName = `k2hdkc-${name}`;
export const linkName = `kd-${name}`;

/** Where this host reaches the machine. */
export const machineAddress = async (): Promise<string> => {
	const {machine} = JSON.parse(await readFile(path.join((await paths()).environment, 'addresses.json'), 'utf8')) as {machine: string};
	return machine;
};

export type Pids = {readonly nspawn: number; readonly init: number};

/** The machine's processes as the host numbers them. */
export const machinePids = async (): Promise<Pids | undefined> => {
	const {stdout} = await runCommand('pgrep', ['--exact', '--full', `systemd-nspawn .*--machine=${machineName} .*`]);
	const nspawn = Number(stdout.split('\n')[0]);
	if (!nspawn) {
		return undefined;
	}

	const init = Number((await readFile(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').catch(() => '')).split(' ')[0]);
	return init ? {nspawn, init} : undefined;
};

/** Runs a script inside. */
export const inside = async (script: string): Promise<string> => {
	const pids = await machinePids();
	const {stdout, stderr, code} = await runCommand('nsenter', ['--target', String(pids?.init), '--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd', '--', 'sh', '-c', script]);
	if (code !== 0) {
		throw new Error(`inside: ${script}: ${stderr}`);
	}

	return stdout;
};

/** In a server, as root, whether its network works or not. */
export const inGuest = async (id: string, script: string): Promise<string> => inside(`incus exec instance-${id} -- sh -euc '${script}'`);

/** The power goes: every process of the machine ends at once. */
export const cutPower = async (): Promise<void> => {
	const pids = await machinePids();
	if (!pids) {
		throw new Error('the machine does not run');
	}

	await runCommand('kill', ['-KILL', String(pids.nspawn), String(pids.init)]);
	while (await machinePids() !== undefined) {
		await sleep(50);
	}
};

/** What a reboot of the host takes: processes, mounts, network, cgroups; and the boot has another id. */
export const imitateReboot = async (): Promise<void> => {
	await cutPower();
	const {environment} = await paths();
	await runCommand('umount', ['--lazy', path.join(environment, 'root')]);
	await runCommand('ip', ['link', 'delete', linkName]);
	await runCommand('ip', ['netns', 'delete', machineName]);
	await runCommand('sh', ['-c', `find /sys/fs/cgroup -depth -type d -path '*/${machineName}*' -exec rmdir {} +`]);
	const file = path.join(environment, 'state.json');
	await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/"bootId": "[^"]*"/g, '"bootId": "11111111-1111-4111-8111-111111111111"'));
};
