import {loadConfig} from '../../scripts/config/load.js';
import {rootPackages} from '../../scripts/stages/machine/root.js';
import {reasonAgainstBuilding, removeBuilt, timeColdUp, timeMmdebstrap} from './build.js';
import type {Bench} from './figure.js';

const factor = 2;

export const cold: Bench = {
	title: 'up from nothing against one mmdebstrap of the same packages, once each',
	async run() {
		const reason = reasonAgainstBuilding();
		if (reason !== undefined) {
			return {skip: reason};
		}

		const floor = await timeMmdebstrap(rootPackages(), loadConfig({flags: {}, cwd: '/', env: {}}).config.sandbox.suite);
		return [
			{what: 'mmdebstrap of the same packages', value: floor, unit: 's'},
			{what: 'cold k2hdkc-devstack up', value: await timeColdUp(), unit: 's', budget: {value: floor * factor, words: `${factor} × mmdebstrap`}},
		];
	},
	cleanUp: removeBuilt,
};
