import type {Machine} from '../../machines/types.js';
import type {Secrets} from '../../openstack/secrets.js';
import type {Step} from '../../pipeline/types.js';
import type {CloudEnv} from '../imageEnv.js';

/** Of a server: all of them are known before there is one. */
export type K2hr3Place = {
	/** In the network of instances, which ask it without address translation between. */
	readonly fixed: string;
	/** By which the machine passes requests on. */
	readonly floating: string;
	/** Of the machine, where users, Trove and K2HR3 itself find things. */
	readonly machine: string;
	/** Keystone, as the server reaches it: with a path, since version 1.0 of K2HR3's driver asks for `//v3/auth/tokens` where there is none. */
	readonly identity: string;
};

/** What a server says of itself that does not get ready: units that systemd has given up, and the last lines of its log. */
export type K2hr3Troubles = {readonly units: readonly string[]; readonly lines: readonly string[]};

/** The cloud that the server stands in. */
export type K2hr3Cloud = {
	/** Asked for each time: addresses may be known late. */
	readonly place: () => K2hr3Place;
	/** Names of the networks of both addresses. */
	readonly networks: {readonly private: string; readonly public: string};
	/** Names of projects, whose users may have slave nodes. */
	readonly projects: readonly string[];
	/** The words, to be run on the machine, that run the client of K2HR3 with credentials; for the project admin, or another one. */
	readonly command: (args: readonly string[], project?: string) => readonly string[];
	/** Where Trove and the client find what k2hr3.caFile holds, on the machine; undefined where it names nothing. */
	readonly authorityFile: string | undefined;
	/** The words, to be run on the machine, that run argv in the server as root. */
	readonly inServer: (server: {readonly id: string}, argv: readonly string[]) => readonly string[];
	readonly troubles: (server: {readonly id: string}) => Promise<K2hr3Troubles>;
	/** Called when the server answers: what is to be kept of it. */
	readonly reached: (server: {readonly id: string}) => Promise<void>;
	/** Called before one is made: what was kept of another goes, however that went. */
	readonly forget: () => Promise<void>;
};

/** What the steps of K2HR3 act with. Trove, HAProxy and the client of K2HR3 run on `machine`. */
export type K2hr3Env = CloudEnv & {
	readonly machine: Machine;
	readonly secrets: Pick<Secrets, 'get'>;
	readonly k2hr3: K2hr3Cloud;
	/** What the file k2hr3.caFile holds on the host; undefined when none is named or it is not there. */
	readonly k2hr3Authority: string | undefined;
	/** The same of k2hr3.certificateFile: with a private key. */
	readonly k2hr3Certificate: string | undefined;
	/** Whether the K2HR3 that is built has its web application. */
	readonly hasK2hr3App: boolean;
};

export type K2hr3Step = Step<K2hr3Env>;
