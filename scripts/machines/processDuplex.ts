import {Duplex, PassThrough} from 'node:stream';
import type {Command, Transport} from './transport.js';

/** A command whose standard input and output are the two ways of a stream. It is killed when the stream is destroyed. */
export const spawnDuplex = async (transport: Transport, command: Command): Promise<Duplex> => {
	const input = new PassThrough();
	const duplex = new Duplex({
		read() {
			// Chunks are pushed as they come.
		},
		write(chunk: Uint8Array, _encoding, callback) {
			input.write(chunk, callback);
		},
		final(callback) {
			input.end(callback);
		},
		destroy(error, callback) {
			input.destroy();
			void running.kill(0);
			callback(error);
		},
	});
	const running = await transport.spawn({
		...command,
		input,
		onData(chunk, stream) {
			if (stream === 'stdout' && !duplex.destroyed) {
				duplex.push(chunk);
			}
		},
	});
	void running.ended.then(() => {
		duplex.push(null);
	});
	return duplex;
};
