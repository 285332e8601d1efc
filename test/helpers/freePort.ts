import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';

/** A port of 127.0.0.1 that nobody listens on now. */
export const freePort = async (): Promise<number> => {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
};

/** The real chmpx keeps a port in 16 bits with a sign: above 32767 it does not listen. */
const highestPort = 32_767;

/** A free port that chmpx can listen on. */
export const lowPort = async (): Promise<number> => {
	const port = 20_000 + ((await freePort()) % (highestPort - 20_000));
	const server = createServer().listen(port, '127.0.0.1');
	const isFree = await new Promise<boolean>(resolve => {
		server.once('listening', () => {
			server.close(() => {
				resolve(true);
			});
		}).once('error', () => {
			resolve(false);
		});
	});
	return isFree ? port : lowPort();
};
