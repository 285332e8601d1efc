import {createLocalMachine} from '../../../scripts/machines/local.js';
import {machineContract} from './contract.js';

machineContract({
	name: 'local',
	needs: {root: true, commands: {python3: 'python3', flock: 'util-linux'}},
	async start() {
		const machine = createLocalMachine();
		return {machine, host: machine, stop: async () => machine.close()};
	},
});
