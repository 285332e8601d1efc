import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {ExecutionContext} from 'ava';

/** A server for the time of a test, on loopback or at another address of this host; its URL. */
export const serveHttp = async (t: ExecutionContext, listener: RequestListener, address = '127.0.0.1'): Promise<string> => {
	const server = createServer(listener);
	await new Promise<void>(resolve => {
		server.listen(0, address, resolve);
	});
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://${address}:${(server.address() as AddressInfo).port}/`;
};
