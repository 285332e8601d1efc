import test from 'ava';
import {act, createVoice} from '../../../scripts/pipeline/action.js';
import type {EventBody} from '../../../scripts/pipeline/events.js';
import type {RunContext} from '../../../scripts/pipeline/runContext.js';
import type {Step} from '../../../scripts/pipeline/types.js';

const {signal} = new AbortController();

test('what a program says itself that it is at is said, besides the line that says it', async t => {
	const events: EventBody[] = [];
	const context = {env: {}, timeoutScale: 1, interrupts: {stop: signal}, emit: (event: EventBody) => events.push(event)} as unknown as RunContext<unknown>;
	const step = {id: 'stack', timeout: 10, idleTimeout: 10, phase: (line: string) => /^== (.+)/.exec(line)?.[1]} as unknown as Step;
	await act({step, context, voice: createVoice('stack', context)}, async ({progress}) => {
		for (const line of ['== one', 'a line', '== one', '== two']) {
			progress.output(line);
		}
	});
	t.deepEqual(events.map(event => event.type === 'step-say' ? `says ${event.message}` : 'output'), ['output', 'says one', 'output', 'output', 'output', 'says two']);
});

test('a failure is told without the lines that a program prints after it, and a progress bar with its last state', async t => {
	const context = {env: {}, timeoutScale: 1, interrupts: {stop: signal}, emit() {}} as unknown as RunContext<unknown>;
	const step = {id: 'stack', timeout: 10, idleTimeout: 10, noise: /^trap/} as unknown as Step;
	const voice = createVoice('stack', context);
	await act({step, context, voice}, async ({progress}) => {
		for (const line of ['the cause', 'trap: one', '10%\r20%', 'trap: two']) {
			progress.output(line);
		}
	});
	t.deepEqual(voice.lastLines, ['the cause', '20%']);
});
