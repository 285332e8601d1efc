import {createSandboxMachine} from '../../../scripts/machines/sandbox.js';
import {connectSsh} from '../../../scripts/machines/ssh.js';
import {nspawnNeeds, startNspawnMachine} from '../../fixtures/nspawnMachine.js';
import {sshServerNeeds, startSshServer} from '../../fixtures/sshServer.js';
import {machineContract} from './contract.js';

machineContract({
	name: 'sandbox over ssh',
	needs: {root: true, commands: {...nspawnNeeds.commands, ...sshServerNeeds.commands}},
	async start() {
		const nspawn = await startNspawnMachine();
		const server = await startSshServer();
		const host = await connectSsh(server.url, {identityFile: server.identityFile, knownHosts: server.knownHosts});
		return {
			machine: createSandboxMachine(host, {name: 'test', leader: async () => nspawn.leader}), host,
			async stop() {
				await host.close();
				await server.stop();
				await nspawn.stop();
			},
		};
	},
});
