import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {ToolError} from '../errors/toolError.js';
import {CommandError} from './commandError.js';
import {execute, type ExecuteOptions} from './execute.js';
import {packDirectory} from './packDirectory.js';
import {placeDirectoryScript, unpackScript, writeFileScript} from './shell/files.js';
import type {Transport} from './transport.js';
import type {FileOptions, Machine, RunResult} from './types.js';

/** Largest file that `read` returns, in bytes: it is for configuration and results, not for images. */
const longestFile = 64 * 1024 * 1024;

const defaultMode = 0o644;

const readFile = async (transport: Transport, file: string): Promise<string | undefined> => {
	const {code, stdout, stderr} = await execute(transport, ['cat', '--', file], {allow: [0, 1], keep: longestFile});
	if (code === 0) {
		if (Buffer.byteLength(stdout) >= longestFile) {
			throw new ToolError('K2D9001', `${file} on ${transport.name} is too large to be read: more than ${longestFile} bytes.`);
		}

		return stdout;
	}

	if (/: (?:No such file or directory|Not a directory)\s*$/.test(stderr)) {
		return undefined;
	}

	throw new CommandError({outcome: 'code', code, argv: ['cat', '--', file], machine: transport.name, lastLines: [stderr.trim()], seconds: 0});
};

/** A refusal of the machine (no space, no permission) as the error of the catalogue; a lost link stays what it is. */
const put = async (transport: Transport, file: string, argv: readonly string[], options: ExecuteOptions): Promise<RunResult> => {
	const label = `Writing ${file}`;
	try {
		return await execute(transport, argv, {...options, label});
	} catch (error) {
		if (error instanceof CommandError && error.outcome === 'code') {
			throw new ToolError('K2D5009', `${file} could not be written on ${transport.name}: ${error.lastLines.at(-1) ?? `exit code ${error.code}`}`, {cause: error, lastLines: error.lastLines});
		}

		throw error;
	}
};

const octal = ({mode = defaultMode}: FileOptions): string => mode.toString(8).padStart(4, '0');

const putFile = async (transport: Transport, file: string, input: ExecuteOptions['input'], size: number, options: FileOptions): Promise<void> => {
	await put(transport, file, ['sh', '-c', writeFileScript, 'sh', file, octal(options), options.owner ?? '', String(size)], {input});
};

const uploadDirectory = async (transport: Transport, localPath: string, remotePath: string, options: FileOptions): Promise<void> => {
	const archive = packDirectory(localPath);
	try {
		const {stdout} = await put(transport, remotePath, ['sh', '-c', unpackScript, 'sh', remotePath], {input: archive.stream});
		// A tar stream that ends early can look whole: only our own tar knows.
		await archive.packed.catch(async (error: unknown) => {
			await execute(transport, ['rm', '-rf', '--', stdout.trim()]);
			throw error;
		});
		await put(transport, remotePath, ['sh', '-c', placeDirectoryScript, 'sh', remotePath, options.owner ?? '', stdout.trim()], {});
	} finally {
		archive.stop();
	}
};

const upload = async (transport: Transport, localPath: string, remotePath: string, options: FileOptions): Promise<void> => {
	const source = await stat(localPath).catch((error: unknown) => {
		throw new ToolError('K2D5009', `${path.resolve(localPath)} cannot be read, so it was not copied to ${transport.name}.`, {cause: error});
	});
	if (source.isDirectory()) {
		await uploadDirectory(transport, localPath, remotePath, options);
		return;
	}

	await putFile(transport, remotePath, createReadStream(localPath), source.size, {mode: source.mode & 0o777, ...options});
};

export const createFiles = (transport: Transport): Pick<Machine, 'read' | 'write' | 'upload'> => ({
	read: async file => readFile(transport, file),
	async write(file, content, options = {}) {
		const bytes = typeof content === 'string' ? Buffer.from(content) : content;
		await putFile(transport, file, bytes, bytes.length, options);
	},
	upload: async (localPath, remotePath, options = {}) => upload(transport, localPath, remotePath, options),
});
