import {ToolError} from '../../errors/toolError.js';
import type {SandboxStep} from '../sandboxEnv.js';
import {contract, judgeBoot, settingsExpectations} from './bootAnswers.js';
import {bootScript} from './bootScript.js';
import {seedFiles} from './bootQuestions.js';
import {guestInputs} from './definition.js';
import {emptyPartial, guestLayer} from './guest.js';
import {pruneImages} from './prune.js';

/** File beside an image that says when it booted. */
const bootedMark = 'booted';

/** The disk of the guest image boots and its parts work: nothing is registered before. */
export const guestCheck: SandboxStep = {
	id: 'images.guest.check',
	stage: 'images',
	title: 'Guest image boots: cloud-init, docker, guest agent with k2hdkc',
	needs: ['images.guest'],
	inputs: env => ({image: guestInputs(env).image, script: bootScript, seed: seedFiles}),
	async probe({env}) {
		const mark = `${guestLayer(env, 'image')}/${bootedMark}`;
		const when = await env.host.read(mark);
		return when === undefined ? {state: 'absent', evidence: `${mark} is not there`} : {state: 'present', evidence: `the image booted ${when.trim()}`};
	},
	async apply({env, job, progress}) {
		const {host} = env;
		const image = guestLayer(env, 'image');
		const serialLog = `${image}/boot.log`;
		const work = await emptyPartial(env, `${image}.boot`);
		for (const [name, text] of Object.entries(seedFiles)) {
			await host.write(`${work}/seed/${name}`, text);
		}

		progress.say('booting it under qemu');
		await job(host, ['sh', '-euc', bootScript, 'sh', `${image}/disk.qcow2`, work, `${work}/seed`, serialLog]);
		const wrong = judgeBoot(await host.read(serialLog) ?? '', [...contract, ...settingsExpectations(env)]);
		if (wrong.length > 0) {
			throw new ToolError('K2D6007', `The guest image does not work: ${wrong.join('; ')}`, {log: serialLog, lastLines: wrong});
		}

		await host.write(`${image}/${bootedMark}`, `${new Date().toISOString().slice(0, 19)}Z\n`);
		await host.run(['rm', '-rf', '--one-file-system', '--', work, serialLog]);
		await pruneImages(env);
	},
	undo: {nothingLeft: 'It lies beside the image and goes with it.'},
	timeout: 900,
	idleTimeout: 300,
	expected: 160,
};
