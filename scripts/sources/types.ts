import type {Config} from '../config/schema.js';
import type {Machine} from '../machines/types.js';

/** What it takes to fetch a source. */
export type SourceAccess = {
	/** Where it is fetched to and looked at; this machine for the commands. */
	readonly machine: Pick<Machine, 'run'>;
	readonly debian: Pick<Config['sources']['debian'], 'mirror' | 'keyring'>;
	readonly python: Config['sources']['python'];
	/** Proxy variables and the like, added to the environment of whatever fetches. */
	readonly env: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
};

/** A source tree on the machine. */
export type SourceTree = {
	/** The directory that holds `trove/`. */
	readonly root: string;
	/** What exactly it is: version and checksum, commit, path. */
	readonly ref: string;
};
