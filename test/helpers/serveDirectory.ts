import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {serveHttp} from './serveHttp.js';

/** Serves the files of a directory at an address of this host for the time of a test. Returns the URL, without a slash at its end. */
export const serveDirectory = async (t: ExecutionContext, directory: string, address?: string): Promise<string> => {
	const url = await serveHttp(t, async (request, response) => {
		const file = path.join(directory, decodeURIComponent(new URL(request.url!, 'http://x').pathname));
		try {
			const content = await readFile(file.endsWith('/') ? `${file}index.html` : file);
			response.writeHead(200, {'content-type': file.endsWith('/') ? 'text/html' : 'application/octet-stream'}).end(content);
		} catch {
			response.writeHead(404).end();
		}
	}, address);
	return url.slice(0, -1);
};
