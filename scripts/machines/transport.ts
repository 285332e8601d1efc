import type {Duplex, Readable} from 'node:stream';

export type Stream = 'stdout' | 'stderr';

/** What is run, and where. */
export type Command = {
	readonly argv: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
};

export type SpawnRequest = Command & {
	/** Standard input; without it standard input is empty. */
	readonly input?: Uint8Array | Readable;
	/** Called with the bytes as they come; nothing is kept. */
	readonly onData: (chunk: Buffer, stream: Stream) => void;
};

/**
 * How a command ended. A program that is missing ends with code 127, one that may not be executed with 126, as in a shell.
 * `lost`: the link went away before the code came. `failed`: the command never began, `error` says why.
 */
export type Ending =
	| {readonly how: 'code'; readonly code: number}
	| {readonly how: 'signal'; readonly signal: string}
	| {readonly how: 'lost'; readonly reason: string}
	| {readonly how: 'failed'; readonly error: Error};

export type Running = {
	/** Never rejects. */
	readonly ended: Promise<Ending>;
	/** TERM to the process group, KILL after `grace` seconds. Resolves when that is done; never rejects. */
	readonly kill: (grace: number) => Promise<void>;
};

export type InteractOptions = {
	/** Standard input is a terminal, so the command gets one. */
	readonly terminal: boolean;
	/** Ends the command. A Ctrl-C on a terminal reaches it by itself. */
	readonly signal: AbortSignal;
};

/**
 * The little that differs between machines; everything else is derived from it once (createMachine).
 */
export type Transport = {
	readonly name: string;
	/** Rejects with a ToolError when the machine cannot be reached: then nothing was started. */
	readonly spawn: (request: SpawnRequest) => Promise<Running>;
	/** A connection to `host:port` as seen from the machine. */
	readonly connect: (host: string, port: number) => Promise<Duplex>;
	/** Where jobs are kept: itself, or for a sandbox the machine it runs on. */
	readonly host: Transport;
	/** The command as `host` must run it to have it run here. */
	readonly enter: (command: Command) => Promise<Command>;
	/** Runs the command with the tool's own standard streams; resolves with its exit code. */
	readonly interact: (command: Command, options: InteractOptions) => Promise<number>;
	readonly close: () => Promise<void>;
};

/** Seconds between TERM and KILL for commands, and for jobs. */
export const commandGrace = 5;
export const jobGrace = 10;
