import {ToolError} from '../../errors/toolError.js';
import type {Machine} from '../../machines/types.js';
import type {ImageEnv, ImageStep} from '../imageEnv.js';
import {contract, judgeBoot, settingsExpectations, type Expectation} from './bootAnswers.js';
import {bootScript} from './bootScript.js';
import {seedFiles} from './bootQuestions.js';
import {guestInputs} from './definition.js';
import {guestLayer} from './guest.js';
import {emptyPartial} from './partial.js';
import {pruneImages} from './prune.js';

/** File beside an image that says when it booted. */
const bootedMark = 'booted';

/** When the image in a directory booted and its parts worked; undefined when it has not yet. */
export const readBooted = async (host: Pick<Machine, 'read'>, directory: string): Promise<string | undefined> => host.read(`${directory}/${bootedMark}`);

type Boot = Pick<ImageStep, 'id' | 'title' | 'needs'> & {
	/** What the image was made from. */
	readonly inputs: (env: ImageEnv) => unknown;
	/** Where its disk.qcow2 lies. */
	readonly directory: (env: ImageEnv) => string;
	readonly expectations: (env: ImageEnv) => readonly Expectation[];
};

/** A step that boots a disk and judges by its answers: nothing is registered before. */
export const bootStep = ({id, title, needs, inputs, directory, expectations}: Boot): ImageStep => ({
	id,
	stage: 'images',
	title,
	needs,
	inputs: env => ({image: inputs(env), script: bootScript, seed: seedFiles}),
	async probe({env}) {
		const when = await readBooted(env.host, directory(env));
		return when === undefined ? {state: 'absent', evidence: `${directory(env)}/${bootedMark} is not there`} : {state: 'present', evidence: `the image booted ${when.trim()}`};
	},
	async apply({env, job, progress}) {
		const {host} = env;
		const image = directory(env);
		const serialLog = `${image}/boot.log`;
		const work = await emptyPartial(env, `${image}.boot`);
		for (const [name, text] of Object.entries(seedFiles)) {
			await host.write(`${work}/seed/${name}`, text);
		}

		progress.say('booting it under qemu');
		await job(host, ['sh', '-euc', bootScript, 'sh', `${image}/disk.qcow2`, work, `${work}/seed`, serialLog]);
		await host.run(['rm', '-rf', '--one-file-system', '--', work]);
		const wrong = judgeBoot(await host.read(serialLog) ?? '', expectations(env));
		if (wrong.length > 0) {
			throw new ToolError('K2D6007', `The guest image does not work: ${wrong.join('; ')}`, {log: serialLog, lastLines: wrong});
		}

		await host.write(`${image}/${bootedMark}`, `${new Date().toISOString().slice(0, 19)}Z\n`);
		await host.run(['rm', '-f', '--', serialLog]);
		await pruneImages(env);
	},
	undo: {nothingLeft: 'It lies beside the image and goes with it.'},
	// Emulated beside other work it can take many times as long; a guest that hangs says nothing.
	timeout: 1800,
	idleTimeout: 300,
	expected: 160,
});

/** The disk of the guest image boots and its parts work. */
export const guestCheck = bootStep({
	id: 'images.guest.check',
	title: 'Guest image boots: cloud-init, docker, guest agent with k2hdkc',
	needs: ['images.guest'],
	inputs: env => guestInputs(env).image,
	directory: env => guestLayer(env, 'image'),
	expectations: env => [...contract, ...settingsExpectations(env)],
});
