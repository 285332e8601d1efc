import {ToolError} from '../errors/toolError.js';
import type {ErrorCode} from '../errors/catalogue.js';
import type {Machine} from '../machines/types.js';

/** The kinds of errors of the Python client, by its errors.py. */
const codes: Readonly<Record<string, ErrorCode>> = {
	away: 'K2D7002', slow: 'K2D7003', certificate: 'K2D7004', denied: 'K2D7005', 'not-found': 'K2D7006', refused: 'K2D7007', broken: 'K2D7008',
	'not-ready': 'K2D7009', 'not-written': 'K2D7010', 'bad-answer': 'K2D7011', credentials: 'K2D7012', value: 'K2D7013',
};

type Failure = {readonly kind: string; readonly message: string};

/** Seconds. The client bounds itself, at a minute a request. */
const timeout = 600;

/** The document of the client; undefined for anything that is none. */
const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		const document: unknown = JSON.parse(text);
		return typeof document === 'object' && document !== null ? document as Readonly<Record<string, unknown>> : undefined;
	} catch {
		return undefined;
	}
};

/**
 * Runs the one client of K2HR3, which lies in the machine of the environment, and returns its document.
 * @throws ToolError K2D7002 to K2D7014.
 */
export const runClient = async (machine: Pick<Machine, 'run'>, argv: readonly string[], signal?: AbortSignal): Promise<unknown> => {
	const {stdout, stderr} = await machine.run(argv, {allow: 'any', timeout, ...(signal && {signal})});
	const document = parse(stdout);
	if (document === undefined) {
		throw new ToolError('K2D7014', `The client of K2HR3 gave no answer: ${stderr.trim().split('\n').at(-1) ?? ''}`);
	}

	const failure = document.error as Failure | undefined;
	if (failure !== undefined) {
		throw new ToolError(codes[failure.kind] ?? 'K2D7014', failure.message);
	}

	return document;
};
