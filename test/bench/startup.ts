import process from 'node:process';
import type {Bench} from './figure.js';
import {takeTurns, tool} from './measure.js';

const rounds = 15;
const factor = 1.5;

export const startup: Bench = {
	title: `start of the tool against a bare node, medians of ${rounds} in turns`,
	async run() {
		const commands = [[process.execPath, '-e', '0'], tool('--version'), tool('--help')];
		const [bare = 0, version = 0, help = 0] = (await takeTurns(commands, rounds)).map(seconds => seconds * 1000);
		const budget = {value: bare * factor, words: `${factor} × bare node`};
		return [
			{what: 'node -e 0', value: bare, unit: 'ms'},
			{what: 'k2hdkc-devstack --version', value: version, unit: 'ms', budget},
			{what: 'k2hdkc-devstack --help', value: help, unit: 'ms', budget},
		];
	},
};
