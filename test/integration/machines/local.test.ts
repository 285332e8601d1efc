import {createLocalMachine} from '../../../scripts/machines/local.js';
import {machineContract} from './contract.js';

machineContract({
	name: 'local',
	needs: {root: true, commands: {perl: 'perl', flock: 'util-linux'}},
	async start() {
		const machine = createLocalMachine();
		return {machine, host: machine, stop: async () => machine.close()};
	},
});
