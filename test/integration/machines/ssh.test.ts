import {connectSsh} from '../../../scripts/machines/ssh.js';
import {sshServerNeeds, startSshServer} from '../../fixtures/sshServer.js';
import {machineContract} from './contract.js';

machineContract({
	name: 'ssh',
	needs: sshServerNeeds,
	async start() {
		const server = await startSshServer();
		const machine = await connectSsh(server.url, {identityFile: server.identityFile, knownHosts: server.knownHosts});
		return {
			machine, host: machine,
			async stop() {
				await machine.close();
				await server.stop();
			},
		};
	},
});
