import {loadConfig} from '../../scripts/config/load.js';
import {guestPackages} from '../../scripts/stages/images/definition.js';
import {reasonAgainstBuilding, removeBuilt, timeMmdebstrap, timeUp} from './build.js';
import type {Bench} from './figure.js';

/** Not by --with: that is the name of a stage too, whose steps it adds to the others. */
const only = (...steps: readonly string[]): readonly string[] => ['--set', 'components.images=true', ...steps.flatMap(step => ['--only', step])];

/** The programs that make images are no part of a build. */
const tools = only('host.packages', 'images.store', 'images.tools');

/** Steps that build the guest image; that it boots is another question. */
const steps = only('host.packages', 'images.store', 'images.tools', 'images.guest.base', 'images.guest.sources', 'images.guest.agent', 'images.guest');

const share = 0.15;

export const images: Bench = {
	title: 'the guest image, disk and tar, against one mmdebstrap of the same packages, once each',
	async run() {
		const reason = reasonAgainstBuilding();
		if (reason !== undefined) {
			return {skip: reason};
		}

		const {config} = loadConfig({flags: {}, cwd: '/', env: {}});
		await timeUp(...tools);
		const floor = await timeMmdebstrap(guestPackages(config), config.images.guest.suite);
		const cold = await timeUp(...steps);
		return [
			{what: 'mmdebstrap of the same packages', value: floor, unit: 's'},
			{what: 'guest image from nothing', value: cold, unit: 's'},
			{what: 'again, nothing changed', value: await timeUp(...steps), unit: 's'},
			{what: 'again, one file of it changed', value: await timeUp('--set', 'images.guest.ipv6=true', ...steps), unit: 's', budget: {value: cold * share, words: `${share * 100} % of cold`}},
		];
	},
	cleanUp: removeBuilt,
};
