import {request, type IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {ToolError} from '../errors/toolError.js';
import type {Machine} from '../machines/types.js';

export type HttpRequest = {
	/** Default GET. */
	readonly method?: string;
	/** `http:`, without a name and password. */
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Seconds for all of it; default 60. */
	readonly timeout?: number;
	readonly signal?: AbortSignal;
};

export type HttpResponse = {readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly body: string};

const textOf = async (response: IncomingMessage): Promise<string> => {
	const chunks: Buffer[] = [];
	for await (const chunk of response) {
		chunks.push(chunk as Buffer);
	}

	return Buffer.concat(chunks).toString('utf8');
};

const headersOf = ({headers}: IncomingMessage): Map<string, string> =>
	new Map(Object.entries(headers).flatMap(([name, value]) => value === undefined ? [] : [[name, [value].flat().join(', ')]]));

const exchange = async (socket: Duplex, {method = 'GET', url, headers = {}, body}: HttpRequest, signal: AbortSignal): Promise<HttpResponse> => {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const {hostname, port, pathname, search} = new URL(url);
		const sent = body === undefined ? {} : {'Content-Length': String(Buffer.byteLength(body))};
		request({
			method, host: hostname, port, path: `${pathname}${search}`, headers: {Connection: 'close', ...headers, ...sent}, signal, createConnection: () => socket,
		}, resolve).on('error', reject).end(body);
	});
	return {status: response.statusCode!, headers: headersOf(response), body: await textOf(response)};
};

/** A connection that comes when nobody waits for it any more is closed at once. */
const connectInTime = async (machine: Pick<Machine, 'connect'>, url: URL, signal: AbortSignal): Promise<Duplex> => {
	const connecting = machine.connect(url.hostname, Number(url.port === '' ? 80 : url.port));
	try {
		return await Promise.race([connecting, new Promise<never>((_resolve, reject) => {
			signal.addEventListener('abort', () => {
				reject(signal.reason as Error);
			}, {once: true});
		})]);
	} catch (error) {
		connecting.then(socket => socket.destroy(), () => undefined);
		throw error;
	}
};

const once = async (machine: Pick<Machine, 'connect'>, wanted: HttpRequest, signal: AbortSignal): Promise<HttpResponse> => {
	const socket = await connectInTime(machine, new URL(wanted.url), signal);
	try {
		return await exchange(socket, wanted, signal);
	} finally {
		socket.destroy();
	}
};

/**
 * One HTTP request over a connection that the machine makes: no process, and nothing of it in a process list.
 * A GET whose connection breaks is sent again once: it may have been the link to the machine.
 * @throws ToolError K2D2306 when no answer comes; what the machine itself throws when it cannot be reached.
 */
export const httpRequest = async (machine: Pick<Machine, 'connect'>, wanted: HttpRequest): Promise<HttpResponse> => {
	const {method = 'GET', url, timeout = 60, signal: stop} = wanted;
	const limit = AbortSignal.timeout(timeout * 1000);
	const signal = stop ? AbortSignal.any([limit, stop]) : limit;
	try {
		try {
			return await once(machine, wanted, signal);
		} catch (error) {
			if (method !== 'GET' || signal.aborted || error instanceof ToolError) {
				throw error;
			}

			return await once(machine, wanted, signal);
		}
	} catch (error) {
		stop?.throwIfAborted();
		const reason = limit.aborted ? `nothing for ${timeout} s` : (error as Error).message;
		throw error instanceof ToolError ? error : new ToolError('K2D2306', `${method} ${url} got no answer: ${reason}`, {cause: error});
	}
};
