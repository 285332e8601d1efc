import {createLocalMachine} from '../../../scripts/machines/local.js';
import {createSandboxMachine} from '../../../scripts/machines/sandbox.js';
import {nspawnNeeds, startNspawnMachine} from '../../fixtures/nspawnMachine.js';
import {machineContract} from './contract.js';

machineContract({
	name: 'sandbox',
	needs: nspawnNeeds,
	async start() {
		const nspawn = await startNspawnMachine();
		const host = createLocalMachine();
		return {machine: createSandboxMachine(host, {name: 'test', leader: async () => nspawn.leader}), host, stop: nspawn.stop};
	},
});
