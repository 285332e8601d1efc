import test from 'ava';
import type {Machine} from '../../../../scripts/machines/types.js';
import type {StepContext} from '../../../../scripts/pipeline/types.js';
import type {DevstackEnv} from '../../../../scripts/stages/devstack/devstackEnv.js';
import {ownServiceStep, type OwnFiles} from '../../../../scripts/stages/devstack/ownService.js';

const createWorld = (wanted: OwnFiles, files = new Map<string, string>()) => {
	const [scripts, modes]: [string[], Array<readonly [string, number]>] = [[], []];
	const host = {
		read: async (file: string) => files.get(file),
		async write(file: string, text: string, {mode}: {readonly mode: number}) {
			files.set(file, text);
			modes.push([file, mode]);
		},
		async run(argv: readonly string[]) {
			files.delete(argv.at(-1)!);
		},
		async script(script: string) {
			scripts.push(script);
		},
	} as unknown as Machine;
	const context = {env: {host, config: {timeouts: {scale: 1}}}, signal: new AbortController().signal, progress: {say() {}}} as unknown as StepContext<DevstackEnv>;
	const step = ownServiceStep({
		id: 'service', stage: 'control-plane', title: 'A service', needs: [], unit: 'a-unit', files: () => wanted, inputs: () => ({}), what: () => 'it', answers: async () => true, remedy: 'See it.',
	});
	return {files, modes, scripts, context, step};
};

test('its files are written with their modes, and it is in place when it answers', async t => {
	const {files, modes, context, step} = createWorld({'/etc/a': {text: 'open'}, '/etc/key': {text: 'secret', mode: 0o600}});
	t.deepEqual(await step.probe(context), {state: 'absent', evidence: '/etc/a is not there'});
	await step.apply(context);
	t.deepEqual([...files], [['/etc/a', 'open'], ['/etc/key', 'secret']]);
	t.deepEqual(modes, [['/etc/a', 0o644], ['/etc/key', 0o600]]);
	t.deepEqual(await step.probe(context), {state: 'present', evidence: 'it answers'});
});

test('a file that is not to be there any more, such as a key, is found and goes', async t => {
	const {files, context, step} = createWorld({'/etc/a': {text: 'open'}, '/etc/key': undefined}, new Map([['/etc/a', 'open'], ['/etc/key', 'secret']]));
	t.deepEqual(await step.probe(context), {state: 'broken', evidence: '/etc/key says something else than the configuration'});
	await step.apply(context);
	t.deepEqual([...files.keys()], ['/etc/a']);
});

test('taking it back names every file that it may have had', async t => {
	const {scripts, context, step} = createWorld({'/etc/a': {text: 'open'}, '/etc/key': undefined});
	await ('undo' in step.undo ? step.undo.undo(context) : undefined);
	t.regex(scripts[0]!, /^rm -f \/etc\/a \/etc\/key$/m);
});
