import type {LoadedConfig} from '../config/load.js';
import type {RingStatus} from '../k2hr3/documents.js';
import type {Machine} from '../machines/types.js';
import type {Step} from '../pipeline/types.js';
import type {ContainerName} from '../config/containerNames.js';
import type {GuestFacts, GuestLogs} from './guests.js';

/** How a check of the machine came out. `remedy` says what to do about it, for WARN and FAIL. */
export type CheckResult = {
	readonly result: 'PASS' | 'WARN' | 'FAIL';
	/** What was found, one sentence. */
	readonly found: string;
	readonly remedy?: string;
	/** Catalogue code of a FAIL. */
	readonly code?: string;
};

/** One question asked before anything is changed. It only looks. */
export type Check = {
	readonly id: string;
	readonly title: string;
	/** The stage that would fail without it. */
	readonly stage: string;
	/** Steps that need it, when it is not all: `up` asks only before it does one of them. */
	readonly neededBy?: readonly string[];
	/** Asks something outside: pointless with --offline. */
	readonly asksOutside?: boolean;
	run: (context: {readonly signal: AbortSignal}) => Promise<CheckResult>;
};

export type DatastoreVersion = {readonly datastore: string; readonly name: string; readonly active: boolean; readonly default: boolean};

/** An image of the configuration, built or not. */
export type ImageFacts = {
	readonly image: string;
	/** Without a tag. */
	readonly name: string;
	/** Of container images: the datastore version. */
	readonly tag?: string;
	/** As sha256:…, of the image's configuration, by which registries and docker know it; of a disk, of its file. */
	readonly digest?: string;
	/** Hash of what it is made from, as in the name of its directory. */
	readonly inputs?: string;
	/** On the environment's host. */
	readonly directory: string;
	/** UTC; without it the image is not there. */
	readonly made?: string;
	readonly files: ReadonlyArray<{readonly file: string; readonly bytes: number; readonly sha256: string}>;
	/** `up to date`, or why it is not. */
	readonly state: string;
	/** Where it can be had: id of the image in Glance, or why it is not there. */
	readonly registered: string;
	/** What it is called where it is used; undefined when it is not there. */
	readonly reference?: string;
};

/** Where an image is copied to. */
export type PushTarget = {
	readonly image: ContainerName;
	/** REGISTRY/NAME without a tag. */
	readonly to: string;
	/** Content of a file as `docker login` writes it; without one those of the host's own store are used. */
	readonly credentials?: string;
	/** Whether it gets the tag `latest` beside its version. */
	readonly latest: boolean;
	/** Whether a tag of another image is taken over. */
	readonly overwrite: boolean;
};

export type Pushed = {readonly reference: string; readonly id: string; readonly state: 'pushed' | 'overwritten' | 'was there'};

/** What a person wants to know of an environment that stands. */
export type SummaryFacts = {
	readonly endpoints: ReadonlyArray<{readonly name: string; readonly url: string}>;
	/** The file clouds.yaml on the environment's host. */
	readonly credentialsFile?: string;
	readonly openrc?: string;
	readonly datastoreVersions: readonly DatastoreVersion[];
	readonly guests: readonly GuestFacts[];
	/** Images that are where they are used, with what each is known by. */
	readonly images?: ReadonlyArray<{readonly image: string; readonly reference: string; readonly digest: string}>;
	readonly leftOut: ReadonlyArray<{readonly what: string; readonly why: string}>;
	readonly nextCommands: readonly string[];
	/** For an environment on another host: the ssh command that makes its endpoints reachable from here. */
	readonly sshForward?: string;
};

/** An environment as the commands see it: made from a configuration, whether it stands already or not. */
export type Environment = {
	readonly name: string;
	readonly profile: string;
	/** What the steps act with. */
	readonly env: unknown;
	readonly steps: readonly Step[];
	/** Where state, journal and lock live. */
	readonly host: Machine;
	/** Where OpenStack runs or will run; opened on first use. */
	readonly machine: () => Machine;
	/** On the host, e.g. /var/lib/k2hdkc-devstack/default. */
	readonly envDir: string;
	/** Factor on the time limits of all steps. */
	readonly timeoutScale: number;
	readonly checks: readonly Check[];
	/** What it does without, as its configuration says. */
	readonly leftOut: SummaryFacts['leftOut'];
	/** Asks the environment itself; leaves empty what cannot be known now. */
	readonly summary: () => Promise<SummaryFacts>;
	/** Every secret known now; asked again after steps that generate some. */
	readonly secrets: () => Promise<readonly string[]>;
	/** What the Trove API offers. Throws when it does not answer. */
	readonly datastoreVersions: () => Promise<readonly DatastoreVersion[]>;
	readonly images: () => Promise<readonly ImageFacts[]>;
	/** From now on the built guest image is the one to be registered, not the one that came from a file. */
	readonly forgetGuestFile: () => Promise<void>;
	/** Copies a container image to a registry outside; the answer is one for each tag. */
	readonly pushImage: (target: PushTarget) => Promise<readonly Pushed[]>;
	/** What each image is made from, by its name: anything that YAML can say. */
	readonly recipes: () => Promise<Readonly<Record<string, unknown>>>;
	/** The words, to be run on `machine`, that run the openstack client with credentials. */
	readonly openstackCommand: (args: readonly string[]) => readonly string[];
	/** The words, to be run on `machine`, that have the client of K2HR3 do something, with credentials for the project admin or another one; undefined without a K2HR3. */
	readonly k2hr3Command: (command: string, args: readonly string[], project?: string) => readonly string[] | undefined;
	/** How the ring is that a K2HR3 of the environment's own keeps its data in; undefined without one that runs. */
	readonly k2hr3Ring: () => Promise<RingStatus | undefined>;
	/** The words, to be run on `machine`, that give a login shell on the machine. */
	readonly shellCommand: () => readonly string[];
	/** Servers that stand; none where the environment has no compute host. */
	readonly guests: () => Promise<readonly GuestFacts[]>;
	/** The words, to be run on `machine`, that give a shell in a guest. */
	readonly guestShell: (guest: GuestFacts) => readonly string[];
	readonly guestLogs: (guest: GuestFacts) => GuestLogs;
	/** Starts the host anew and waits until it is there again; the environment is to be opened again then. Undefined where that would end the tool, or anybody's work but its own. */
	readonly restart?: (options: {readonly signal: AbortSignal; readonly say: (message: string) => void}) => Promise<void>;
	readonly close: () => Promise<void>;
};

export type OpenOptions = {
	readonly signal: AbortSignal;
	/** Told what a person should know at once, such as a host key that was pinned. */
	readonly onNotice: (message: string) => void;
};

/** Makes the environment of a configuration. Connects to the host when that is another one; changes nothing. */
export type OpenEnvironment = (loaded: LoadedConfig, options: OpenOptions) => Promise<Environment>;
