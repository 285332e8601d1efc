import type {Duplex} from 'node:stream';
import {finished} from 'node:stream/promises';
import {ToolError} from '../errors/toolError.js';
import type {Machine} from '../machines/types.js';

/** A method frame of AMQP 0-9-1; all that a login needs. */
type Method = {readonly classId: number; readonly methodId: number; readonly body: Buffer};

const frameEnd = 0xCE;

const shortString = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);

const longString = (text: string): Buffer => {
	const size = Buffer.alloc(4);
	size.writeUInt32BE(Buffer.byteLength(text));
	return Buffer.concat([size, Buffer.from(text)]);
};

const methodFrame = (classId: number, methodId: number, ...body: readonly Buffer[]): Buffer => {
	const content = Buffer.concat(body);
	const head = Buffer.alloc(11);
	head.writeUInt8(1, 0);
	head.writeUInt32BE(content.length + 4, 3);
	head.writeUInt16BE(classId, 7);
	head.writeUInt16BE(methodId, 9);
	return Buffer.concat([head, content, Buffer.from([frameEnd])]);
};

const noTable = Buffer.alloc(4);

/** Class of all methods here, and the methods that are told apart. */
const connection = 10;
const startOk = 11;
const tuneOk = 31;
const open = 40;
const openOk = 41;
const close = 50;

/**
 * All that a client says to log in and open the virtual host `/`: the server reads one frame after the other,
 * so none of them needs to wait for an answer.
 */
export const loginBytes = (user: string, password: string): Buffer => Buffer.concat([
	Buffer.from('AMQP\0\0\u0009\u0001', 'latin1'),
	methodFrame(connection, startOk, noTable, shortString('PLAIN'), longString(`\0${user}\0${password}`), shortString('en_US')),
	// Channels, frame size, seconds between signs of life (0: none).
	methodFrame(connection, tuneOk, Buffer.from([0, 1, 0, 0, 0x10, 0, 0, 0])),
	methodFrame(connection, open, shortString('/'), shortString(''), Buffer.from([0])),
]);

/** The whole method frames in what came so far. */
export const methodsIn = (bytes: Buffer): Method[] => {
	const methods: Method[] = [];
	for (let at = 0; at + 7 <= bytes.length;) {
		const end = at + 7 + bytes.readUInt32BE(at + 3);
		if (bytes[end] !== frameEnd) {
			break;
		}

		methods.push({classId: bytes.readUInt16BE(at + 7), methodId: bytes.readUInt16BE(at + 9), body: bytes.subarray(at + 11, end)});
		at = end + 1;
	}

	return methods;
};

/** The server names itself in the table of its first frame, where a text is: name, `S`, size, content. */
export const versionIn = ({body}: Method): string => {
	const mark = shortString('version');
	const at = body.indexOf(mark) + mark.length;
	return at < mark.length || body[at] !== 'S'.codePointAt(0) ? '' : body.toString('utf8', at + 5, at + 5 + body.readUInt32BE(at + 1));
};

const isOpened = ({classId, methodId}: Method): boolean => classId === connection && methodId === openOk;

/** Reads until the virtual host is open or the server ends the connection, which is how it refuses. */
const readUntilOpened = async (socket: Duplex): Promise<readonly Method[]> => {
	let bytes = Buffer.alloc(0);
	for await (const chunk of socket.iterator({destroyOnReturn: false})) {
		bytes = Buffer.concat([bytes, chunk as Buffer]);
		if (methodsIn(bytes).some(method => isOpened(method))) {
			break;
		}
	}

	return methodsIn(bytes);
};

/** Seconds for all of it. */
const patience = 20;

const logIn = async (socket: Duplex, user: string, password: string): Promise<string | undefined> => {
	// What breaks after the answer is of no interest.
	socket.on('error', () => undefined).write(loginBytes(user, password));
	const methods = await readUntilOpened(socket);
	if (!methods.some(method => isOpened(method))) {
		return undefined;
	}

	socket.end(methodFrame(connection, close, Buffer.from([0, 200]), shortString(''), Buffer.alloc(4)));
	await finished(socket, {readable: false});
	return versionIn(methods[0]!);
};

export type AmqpServer = {readonly host: string; readonly port: number; readonly user: string; readonly password: string};

/**
 * Logs in as a client of AMQP does, and out again. The version of the server, or undefined when it does not let this user in.
 * @throws what the machine throws when it cannot be reached.
 */
export const amqpLogin = async (machine: Pick<Machine, 'connect'>, {host, port, user, password}: AmqpServer): Promise<string | undefined> => {
	let socket: Duplex | undefined;
	const giveUp = setTimeout(() => {
		socket?.destroy();
	}, patience * 1000);
	try {
		socket = await machine.connect(host, port);
		return await logIn(socket, user, password);
	} catch (error) {
		if (error instanceof ToolError) {
			throw error;
		}

		return undefined;
	} finally {
		clearTimeout(giveUp);
		socket?.destroy();
	}
};
