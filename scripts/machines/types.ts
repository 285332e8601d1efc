import type {Duplex} from 'node:stream';

/** What a command on a machine is given. */
export type RunOptions = {
	/** Bytes for standard input; without it standard input is empty, never the terminal. Secrets go here, not into argv. */
	readonly input?: string | Uint8Array;
	/** Variables added to the machine's own environment. Not for secrets: they show in /proc. */
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** Seconds until the whole process group is ended (TERM, then KILL). */
	readonly timeout?: number;
	/** Seconds without output until the process group is ended. */
	readonly idleTimeout?: number;
	readonly signal?: AbortSignal;
	/** Called with each complete line; the output kept in the result is bounded, this is not. */
	readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
	/** Exit codes that are answers and not failures; default [0]. 'any' never throws for a code. */
	readonly allow?: readonly number[] | 'any';
};

/** The result of a command that ended with a known code. `stdout` and `stderr` keep at most their last 4 MiB. */
export type RunResult = {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly seconds: number;
};

/**
 * A command that did not end as it should.
 * `outcome` says how: it failed with a code, was ended by us (timeout, idle, aborted), died by a signal,
 * could not be started, or its exit code was lost (the link dropped: never to be read as success).
 */
export type CommandOutcome = 'code' | 'signal' | 'timeout' | 'idle' | 'aborted' | 'not-started' | 'unknown';

export type FileOptions = {
	/** Octal, e.g. 0o600. Default 0o644. Set before the file gets its name. */
	readonly mode?: number;
	/** `user:group`; default: whoever the commands run as. */
	readonly owner?: string;
};

/** A command detached from the tool: own session, own log, result by rename. It outlives the link and the tool. */
export type JobSpec = {
	/** Unique in its directory, e.g. `keystone.1`; the same id attaches to a job that is there already. */
	readonly id: string;
	/** Directory on the host for script, log, pid and result; made 0700. */
	readonly directory: string;
	readonly argv: readonly string[];
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	readonly timeout?: number;
	readonly idleTimeout?: number;
};

export type JobState =
	| {readonly state: 'none'}
	| {readonly state: 'running'; readonly pid: number; readonly startedAt: string}
	/** `by` says who ended it when it did not end by itself: its own limits or killJob. */
	| {readonly state: 'ended'; readonly code: number; readonly by?: 'timeout' | 'idle' | 'killed'}
	/** Neither running nor a result: killed, or the machine went down. */
	| {readonly state: 'lost'};

/** Limits here end the following only, the job goes on; the job's own limits are in its JobSpec. */
export type FollowOptions = Pick<RunOptions, 'signal' | 'onLine' | 'idleTimeout' | 'timeout'>;

/**
 * The answer to asking for a lock. `info` is the text its holder left, `ageSeconds` how long ago.
 * `tookOver` is the text of a holder that died without releasing it.
 */
export type LockResult =
	| {
		readonly held: true;
		readonly tookOver?: string;
		/** Resolves with the reason if the lock is lost while held (the link was gone too long and somebody else has it now). */
		readonly lost: Promise<string>;
		/** Removes the text and frees the lock. */
		readonly release: () => Promise<void>;
	}
	| {readonly held: false; readonly info: string; readonly ageSeconds: number};

/**
 * Where steps act. Local, SSH and sandbox machines implement it alike and one contract suite runs against all three;
 * a step never asks which one it has.
 */
export type Machine = {
	/** How a person names it: `local`, `ssh://user@host:22`, `sandbox default on local`. */
	readonly name: string;
	/** Runs argv[0] with arguments, no shell in between. Throws CommandError unless the code is allowed. */
	run: (argv: readonly string[], options?: RunOptions) => Promise<RunResult>;
	/** Runs a POSIX sh script (`sh -eu`), handed over on standard input so that nothing of it shows in argv. */
	script: (text: string, options?: Omit<RunOptions, 'input'>) => Promise<RunResult>;
	/** The file's bytes as UTF-8, or undefined when there is no such file. */
	read: (path: string) => Promise<string | undefined>;
	/** Temporary file beside it, fsync, rename, fsync of the directory: readers see the old or the new, never a part. */
	write: (path: string, content: string | Uint8Array, options?: FileOptions) => Promise<void>;
	/** Copies a local file or directory to the machine; the target appears by rename. */
	upload: (localPath: string, remotePath: string, options?: FileOptions) => Promise<void>;
	/** Starts the job unless one of that id is there; returns without waiting for it. */
	startJob: (spec: JobSpec) => Promise<JobState>;
	jobState: (directory: string, id: string) => Promise<JobState>;
	/** Streams the job's log from its beginning and resolves with its exit code; throws CommandError for every other end. */
	followJob: (directory: string, id: string, options?: FollowOptions) => Promise<RunResult>;
	/** TERM to the job's process group, 10 s, KILL. True when something was there to end. */
	killJob: (directory: string, id: string) => Promise<boolean>;
	/**
	 * Takes the lock `path` with `info` (one line of text) as its description; never waits for a living holder.
	 * It frees itself when the tool dies, or cannot be heard for 30 s.
	 */
	hold: (path: string, info: string) => Promise<LockResult>;
	/**
	 * Runs argv for a person: with the tool's own standard input, output and error, and a terminal where `terminal` says that there is one.
	 * Resolves with its exit code, whatever it is.
	 */
	interactive: (argv: readonly string[], options: {readonly terminal: boolean; readonly signal: AbortSignal; readonly env?: Readonly<Record<string, string>>}) => Promise<number>;
	/** A connection to `host:port` as seen from the machine. Costs no process where the machine is this one, or its sshd forwards. */
	connect: (host: string, port: number) => Promise<Duplex>;
	/** A local port whose connections reach `host:port` as seen from the machine. */
	forward: (host: string, port: number) => Promise<{readonly port: number; close: () => Promise<void>}>;
	/** Ends connections. Jobs go on. */
	close: () => Promise<void>;
};
