import process from 'node:process';
import {PassThrough} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {createContext, wantsColor, type ContextParts} from '../../../scripts/cli/context.js';
import {createOutput, type Output} from '../../../scripts/cli/output.js';
import {catchSignals} from '../../../scripts/cli/signals.js';

const memoryOutput = (isTty: boolean): Output & {readonly text: () => string} => {
	let text = '';
	const write = (more: string): void => {
		text += more;
	};

	return {
		isTty, write,
		line(more = '') {
			write(`${more}\n`);
		},
		closed: new AbortController().signal, columns: () => 80, rows: () => 24, flush: async () => undefined, text: () => text,
	};
};

const parts = (isTty: boolean): ContextParts & {stdout: ReturnType<typeof memoryOutput>} => ({
	stdin: {isTty}, stdout: memoryOutput(isTty), stderr: memoryOutput(isTty), resume: '', cwd: '/', env: {},
	signal: new AbortController().signal, killSignal: new AbortController().signal,
	async openEnvironment() {
		throw new Error('not here');
	},
});

test('colour: where the terminal has it and nobody said no', t => {
	const cases: Array<[boolean, {color?: boolean}, Record<string, string>, boolean]> = [
		[true, {}, {}, true], [false, {}, {}, false], [true, {color: false}, {}, false], [true, {color: true}, {}, true],
		[true, {}, {NO_COLOR: '1'}, false], [true, {}, {NO_COLOR: ''}, true], [true, {}, {TERM: 'dumb'}, false],
	];
	for (const [isTty, options, env, wanted] of cases) {
		t.is(wantsColor({isTty}, options, env), wanted);
	}
});

test('both outputs hide secrets from the moment they are known', t => {
	const {stdout, ...others} = parts(false);
	const context = createContext({stdout, ...others}, {});
	context.stdout.line('hunter2-hunter2');
	context.mask.add(['hunter2-hunter2']);
	context.stdout.write('a hunter2-hunter2 ');
	context.stdout.line('b hunter2-hunter2');
	t.is(stdout.text(), 'hunter2-hunter2\na *** b ***\n');
});

test('only a terminal on both sides can be asked', t => {
	t.true(createContext(parts(true), {}).interactive);
	t.false(createContext(parts(false), {}).interactive);
	t.false(createContext({...parts(true), stdin: {isTty: false}}, {}).interactive);
});

test('an output whose reader went away takes no more and does not throw', async t => {
	const stream = new PassThrough();
	const output = createOutput(stream as unknown as NodeJS.WriteStream, 99);
	output.write('before');
	stream.emit('error', Object.assign(new Error('write EPIPE'), {code: 'EPIPE'}));
	t.true(output.closed.aborted);
	output.line('after');
	await output.flush();
	t.is(String(stream.read()), 'before');
	t.false(output.isTty);
	t.deepEqual([output.columns(), output.rows()], [80, 24]);
});

test('flush waits for what was written', async t => {
	const stream = new PassThrough({highWaterMark: 1});
	const output = createOutput(stream as unknown as NodeJS.WriteStream, 99);
	output.write('some text');
	let flushed = false;
	const flushing = output.flush().then(() => {
		flushed = true;
	});
	await sleep(20);
	t.false(flushed);
	stream.resume();
	await flushing;
	t.true(flushed);
});

test.serial('the first signal stops, the second kills, release lets go', t => {
	const before = process.listenerCount('SIGTERM');
	const signals = catchSignals();
	process.emit('SIGTERM', 'SIGTERM');
	t.true(signals.stop.aborted);
	t.is(signals.stop.reason, 'SIGTERM');
	t.false(signals.kill.aborted);
	process.emit('SIGINT', 'SIGINT');
	t.is(signals.kill.reason, 'SIGINT');
	signals.release();
	t.is(process.listenerCount('SIGTERM'), before);
});
