import process from 'node:process';
import {openMachine} from '../../../../scripts/machines/openMachine.js';

/* A tool that is going to be killed: directory, URL, identity file, known_hosts. Holds the lock, starts a job, follows it. */
const [directory, url, identityFile = null, knownHosts = null] = process.argv.slice(2);
const machine = await openMachine(url!, {identityFile, knownHosts});
const lock = await machine.hold(`${directory!}/lock`, `process ${process.pid}`);
await machine.startJob({id: 'counting', directory: `${directory!}/jobs`, argv: ['sh', '-c', 'for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done; exit 5']});
console.log(lock.held ? 'holding' : 'not held');
await machine.followJob(`${directory!}/jobs`, 'counting', {
	onLine(line) {
		console.log(line);
	},
});
await (lock.held ? lock.release() : undefined);
await machine.close();
