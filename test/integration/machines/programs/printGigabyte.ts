import {mkdtemp, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {openMachine} from '../../../../scripts/machines/openMachine.js';

/*
 * Its own process, so that its memory is that of the tool alone: URL, identity file, known_hosts, what to do.
 * Prints lines, bytes of the result, and the peak of resident memory in MiB.
 */
const [url, identityFile = null, knownHosts = null, way] = process.argv.slice(2);
const machine = await openMachine(url!, {identityFile, knownHosts});
const gigabyte = 1024 ** 3;
let lines = 0;
let characters = 0;
const onLine = (line: string): void => {
	lines++;
	characters += line.length;
};

const command = way === 'one-line'
	? ['head', '-c', String(gigabyte), '/dev/zero']
	: ['sh', '-c', `yes 'Setting up some-package-with-a-name (1.2.3-4+deb13u5) and what else dpkg has to say about it ...' | head -c ${gigabyte}`];

const runJob = async (): Promise<string> => {
	const directory = await mkdtemp(path.join('/var/tmp', 'k2hdkc-devstack-test-'));
	try {
		await machine.startJob({id: 'gigabyte', directory, argv: command});
		const {stdout} = await machine.followJob(directory, 'gigabyte', {onLine});
		return stdout;
	} finally {
		await rm(directory, {recursive: true});
	}
};

const stdout = way === 'job' ? await runJob() : (await machine.run(command, {onLine})).stdout;
await machine.close();
console.log(JSON.stringify({lines, characters, kept: stdout.length, peak: Math.round(process.resourceUsage().maxRSS / 1024)}));
