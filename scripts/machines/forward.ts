import {once} from 'node:events';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {pipeline} from 'node:stream';
import type {Transport} from './transport.js';
import type {Machine} from './types.js';

/** A port on 127.0.0.1 each of whose connections is one to `host:port` made on the machine. */
export const forwardTo = async (transport: Transport, host: string, port: number): ReturnType<Machine['forward']> => {
	const open = new Set<Socket>();
	const carry = async (local: Socket): Promise<void> => {
		try {
			const remote = await transport.connect(host, port);
			const finish = (): void => {
				local.destroy();
				remote.destroy();
			};

			pipeline(local, remote, error => {
				if (error) {
					finish();
				}
			});
			pipeline(remote, local, finish);
		} catch {
			local.destroy();
		}
	};

	const server = createServer({allowHalfOpen: true}, local => {
		open.add(local);
		local.once('close', () => {
			open.delete(local);
		}).on('error', () => {
			local.destroy();
		});
		void carry(local);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			for (const socket of open) {
				socket.destroy();
			}

			server.close();
			await once(server, 'close');
		},
	};
};
