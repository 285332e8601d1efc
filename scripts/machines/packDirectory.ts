import {spawn} from 'node:child_process';
import {PassThrough, type Readable} from 'node:stream';
import {ToolError} from '../errors/toolError.js';

export type Archive = {
	readonly stream: Readable;
	/** Resolves when everything was packed; rejects with a ToolError otherwise. */
	readonly packed: Promise<void>;
	readonly stop: () => void;
};

/** The contents of a local directory as a tar stream, owners left out. */
export const packDirectory = (directory: string): Archive => {
	const tar = spawn('tar', ['-c', '--owner=0', '--group=0', '--numeric-owner', '-f', '-', '-C', directory, '.'], {stdio: ['ignore', 'pipe', 'pipe']});
	let errors = '';
	tar.stderr.setEncoding('utf8').on('data', (text: string) => {
		errors = `${errors}${text}`.slice(-2000);
	});
	const packed = new Promise<void>((resolve, reject) => {
		tar.once('error', reject).once('close', code => {
			if (code === 0) {
				resolve();
			} else {
				reject(new ToolError('K2D5009', `${directory} could not be packed: ${errors.trim().split('\n').at(-1) ?? ''}`));
			}
		});
	});
	// Whoever waits for it comes later, or not at all when the unpacking failed.
	packed.catch(() => undefined);
	return {
		// Node throws away what nobody has begun to read when a process ends.
		stream: tar.stdout.pipe(new PassThrough()),
		packed,
		stop() {
			tar.kill();
		},
	};
};
