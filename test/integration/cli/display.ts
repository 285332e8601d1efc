import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import type {EventBody} from '../../../scripts/pipeline/events.js';
import {createLiveMask} from '../../../scripts/report/mask.js';
import {createTerminal} from '../../../scripts/report/terminal.js';

/** Shows a run of thirty steps, twenty of them at once, on the terminal it is given; then a result on stdout. */
const terminal = createTerminal({
	stream: process.stderr,
	descriptor: 2,
	write(line) {
		process.stderr.write(`${line}\n`);
	},
	color: true,
	mask: createLiveMask(['hunter2-hunter2']),
});
const emit = (body: EventBody): void => {
	terminal.subscriber({at: new Date().toISOString(), ...body});
};

const timer = setInterval(terminal.tick, 100);
emit({type: 'notice', level: 'info', message: 'before the display'});
emit({type: 'run-start', command: 'up', environment: 'default', profile: 'sandbox', steps: 30});
for (let number = 0; number < 20; number++) {
	emit({type: 'step-start', step: {id: `step${number}`, stage: 'machine', title: 'T', expected: 90}, action: 'apply', reason: ''});
	emit({type: 'step-output', id: `step${number}`, line: `\u001B[2J\u001B[31m${'a long line of output with hunter2-hunter2 in it '.repeat(5)}`});
}

await sleep(1500);
const failure = {code: 'K2D2001', what: 'it broke', why: '', remedy: '', lastLines: [], exitCode: 1};
emit({type: 'step-end', id: 'step3', result: 'failed', seconds: 3, reason: '', failure});
emit({type: 'notice', level: 'warn', message: 'a job goes on by itself'});
await sleep(1500);
for (let number = 4; number < 19; number++) {
	emit({type: 'step-end', id: `step${number}`, result: 'done', seconds: 3, reason: ''});
}

emit({type: 'step-say', id: 'step19', message: 'nearly there'});
await sleep(1500);
if (process.argv.includes('throw')) {
	throw new Error('in the middle');
}

clearInterval(timer);
await terminal.close();
process.stdout.write('result\n');
