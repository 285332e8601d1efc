import {spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {stripVTControlCharacters} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {createScreen, type Screen} from './screen.js';
import {createPlace, fakeFile} from './tool.js';

const ptyFile = fileURLToPath(new URL('../../../../test/integration/cli/onTerminal.py', import.meta.url));
const displayFile = fileURLToPath(new URL('display.js', import.meta.url));

type Shown = {readonly code: number; readonly text: string};

/** Runs node with the words on a terminal of 10 rows and 60 columns. */
const onTerminal = async (t: ExecutionContext, args: readonly string[], {wait = '', send = '', env = {}}: {wait?: string; send?: string; env?: Record<string, string>} = {}): Promise<Shown> => {
	const {directory} = await createPlace(t);
	const {PATH = '', HOME = '', NODE_V8_COVERAGE} = process.env;
	const child = spawn('python3', [ptyFile, '10', '60', wait, send, process.execPath, ...args], {
		cwd: directory,
		env: {
			PATH, HOME, TERM: 'xterm-256color', XDG_STATE_HOME: `${directory}/state`, FAKE_DIR: `${directory}/fake`,
			...(NODE_V8_COVERAGE === undefined ? {} : {NODE_V8_COVERAGE}), ...env,
		},
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const chunks: string[] = [];
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		chunks.push(chunk);
	});
	const [code] = await once(child, 'close') as [number];
	return {code, text: chunks.join('')};
};

/** Before each redraw, with the escape character shown as `␛`. */
const redraw = /(?=(?<!␛\[1A)␛\[2K(?:␛\[1A␛\[2K)*␛\[G)/;

/** Every state of the screen after a redraw. */
const framesOf = (text: string): {frames: string[][]; screen: Screen} => {
	const screen = createScreen(10, 60);
	const frames = text.replaceAll('\u001B', '␛').split(redraw).map(part => {
		screen.feed(part.replaceAll('␛', '\u001B'));
		return [...screen.rows()];
	});
	return {frames, screen};
};

const hasPython = async (t: ExecutionContext): Promise<boolean> => needs(t, {commands: {python3: 'python3'}});

test.serial('twenty steps at once on ten rows: the display never scrolls, and leaves nothing behind', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const {code, text} = await onTerminal(t, [displayFile]);
	t.is(code, 0);
	const {frames, screen} = framesOf(text);
	t.deepEqual([...screen.above()], [], 'a line that scrolled away could never be redrawn');
	const all = frames.map(lines => lines.join('\n'));
	t.true(all.some(frame => /0 of 30 steps done, 20 running, \d+ not shown/.test(frame)), 'the rest is counted');
	t.true(all.some(frame => frame.includes('step3 failed after 3s: it broke') && frame.includes('19 running, 1 failed')), 'failed steps are shown');
	t.true(all.some(frame => frame.includes('a job goes on by itself') && frame.includes('step0')), 'notices are shown');
	t.true(all.some(frame => /step19 {2}\d+s of about 1m30s {2}nearly there/.test(frame)), 'elapsed, expected, last message');
	t.true(all.some(frame => frame.includes('15 of 30 steps done')), 'done steps are one line');
	t.false(text.includes('hunter2'));
	const last = screen.rows().map(line => line.trimEnd()).filter(Boolean);
	t.deepEqual(last, ['before the display', 'warning: a job goes on by itself', 'result']);
	t.false(screen.cursorIsHidden());
});

test.serial('the cursor comes back when the tool ends in the middle', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const {code, text} = await onTerminal(t, [displayFile, 'throw']);
	t.is(code, 1);
	t.true(text.lastIndexOf('\u001B[?25h') > text.lastIndexOf('\u001B[?25l'));
});

test('up on a terminal shows the plan, the display, and ends with the summary', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const {code, text} = await onTerminal(t, [fakeFile, 'up'], {env: {FAKE_SLEEP: 'left', FAKE_SECONDS: '2'}});
	t.is(code, 0, text);
	t.true(text.includes('4 steps to run'));
	const {screen} = framesOf(text);
	const everything = [...screen.above(), ...screen.rows()].join('\n');
	t.true(everything.includes('is ready after'));
	t.true(everything.trimEnd().endsWith('k2hdkc-devstack down'));
	t.false(everything.includes('running,'), 'the display is gone');
	t.true(text.includes('\u001B[32m'), 'in colour');
});

test('Ctrl-C on a terminal stops cleanly and gives the screen back', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const {code, text} = await onTerminal(t, [fakeFile, 'up'], {wait: '2 of 4 steps done', send: String.raw`\x03`, env: {FAKE_SLEEP: 'left', FAKE_SECONDS: '4'}});
	t.is(code, 130, text);
	t.true(text.includes('stopping cleanly'));
	t.true(stripVTControlCharacters(text).trimEnd().endsWith('resume  k2hdkc-devstack up'));
	t.true(text.lastIndexOf('\u001B[?25h') > text.lastIndexOf('\u001B[?25l'));
});

test('a crash under the display is seen, and the cursor comes back', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const {code, text} = await onTerminal(t, [fakeFile, 'up'], {env: {FAKE_CRASH: 'left', FAKE_SLEEP: 'left', FAKE_SECONDS: '3'}});
	t.is(code, 1, text);
	t.true(text.includes('[K2D9001]') && text.includes('out of nowhere'));
	t.true(text.lastIndexOf('\u001B[?25h') > text.lastIndexOf('\u001B[?25l'));
});

for (const [answer, code, words] of [['n', 0, 'Nothing was changed.'], ['y', 0, 'what was built of it is removed, with its data']] as const) {
	test(`down asks on a terminal, and "${answer}" counts`, async t => {
		if (!await hasPython(t)) {
			return;
		}

		const shown = await onTerminal(t, [fakeFile, 'down', '--depth', 'sources'], {wait: '[y/N]', send: String.raw`${answer}\r`});
		t.is(shown.code, code, shown.text);
		t.true(shown.text.includes('This removes what was built of the environment, and all data in it. Go on?'));
		t.true(shown.text.includes(words), shown.text);
	});
}

test('Ctrl-C at the question ends with 130', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const {code, text} = await onTerminal(t, [fakeFile, 'down', '--depth', 'everything'], {wait: '[y/N]', send: String.raw`\x03`});
	t.is(code, 130, text);
});

test('shell has the terminal and its exit code comes through', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const {code, text} = await onTerminal(t, [fakeFile, 'shell']);
	t.is(code, 3);
	t.true(text.includes('terminal'));
});

test('NO_COLOR, --no-color and TERM=dumb are heeded', async t => {
	if (!await hasPython(t)) {
		return;
	}

	const coloured = await onTerminal(t, [fakeFile, 'doctor']);
	t.true(coloured.text.includes('\u001B['));
	const plain = await Promise.all([
		onTerminal(t, [fakeFile, 'doctor', '--no-color']),
		onTerminal(t, [fakeFile, 'doctor'], {env: {NO_COLOR: '1'}}),
		onTerminal(t, [fakeFile, 'up'], {env: {TERM: 'dumb'}}),
	]);
	for (const {text} of plain) {
		t.false(text.includes('\u001B'), text);
	}
});
