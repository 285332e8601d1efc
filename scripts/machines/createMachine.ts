import {execute} from './execute.js';
import {forwardTo} from './forward.js';
import {createFiles} from './files.js';
import {createJobs} from './jobs.js';
import {holdLock} from './lockHolder.js';
import {readScript} from './shell/readScript.js';
import type {Transport} from './transport.js';
import type {Machine, RunOptions} from './types.js';

const transportKey = Symbol('transport');

type MachineWithTransport = Machine & {readonly [transportKey]: Transport};

/** What a machine of ours is built on; for machines that stand on another one. */
export const transportOf = (machine: Machine): Transport => {
	if (!(transportKey in machine)) {
		throw new TypeError(`${machine.name} was not made by createMachine`);
	}

	return (machine as MachineWithTransport)[transportKey];
};

const bytesOf = (input: RunOptions['input']): {input?: Uint8Array} =>
	input === undefined ? {} : {input: typeof input === 'string' ? Buffer.from(input) : input};

/** Everything a machine can do, over the little that differs between them. */
export const createMachine = (transport: Transport): Machine => {
	const machine: MachineWithTransport = {
		[transportKey]: transport,
		name: transport.name,
		async run(argv, {input, ...options} = {}) {
			return execute(transport, argv, {...options, ...bytesOf(input)});
		},
		async script(text, options = {}) {
			return execute(transport, readScript.argv, {...options, input: readScript.input(text), label: 'A script'});
		},
		...createFiles(transport),
		...createJobs(transport),
		hold: async (path, info) => holdLock(transport, path, info),
		interactive: async (argv, {env, ...options}) => transport.interact({argv, ...(env && {env})}, options),
		connect: async (host, port) => transport.connect(host, port),
		forward: async (host, port) => forwardTo(transport, host, port),
		close: async () => transport.close(),
	};
	return machine;
};
