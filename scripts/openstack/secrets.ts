import {createHash, randomBytes} from 'node:crypto';
import type {Machine} from '../machines/types.js';
import type {TemplateValues} from './template.js';

const databases = ['keystone', 'glance', 'placement', 'nova', 'neutron', 'cinder', 'trove', 'horizon'];
const services = ['glance', 'placement', 'nova', 'neutron', 'cinder', 'swift', 'trove'];

/** Every secret of the sandbox by its dotted name, but for the users that the configuration names. */
const fixedNames = [
	...databases.map(name => `db.${name}`),
	...services.map(name => `service.${name}`),
	'rabbit', 'metadata', 'swift.prefix', 'swift.suffix', 'backupKey', 'horizon', 'k2hr3',
];

/** `incomplete`: some names are missing in it, as in the file of an older version. */
export type FileState = 'complete' | 'incomplete' | 'missing' | 'damaged';

export type Secrets = {
	/** @throws Error for a name that is not one of the environment's. */
	get: (name: string) => string;
	/** As values for templates: `{{secret.db.nova}}`. */
	values: () => TemplateValues;
	all: () => readonly string[];
	/** Takes over what the file holds. */
	load: () => Promise<FileState>;
	/** To be called when the file is removed on purpose: what is held now may then be written as if it were new. */
	discard: () => void;
	readonly discarded: () => boolean;
	/** Writes what is held to the file, mode 0600. */
	save: () => Promise<void>;
	readonly path: string;
};

/** 128 bits as hexadecimal: fits every service's rules, needs no quoting in URLs, shells and INI files. */
const generate = (): string => randomBytes(16).toString('hex');

/**
 * RabbitMQ's form of a password: four bytes of salt, then SHA-256 of salt and password, in base64.
 * The salt comes from the password, so that the same password always gives the same text.
 */
export const rabbitHash = (password: string): string => {
	const salt = createHash('sha256').update(`salt of ${password}`).digest().subarray(0, 4);
	return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64');
};

const parse = (text: string): Record<string, string> | undefined => {
	try {
		const value = JSON.parse(text) as unknown;
		const isRecord = typeof value === 'object' && value !== null && Object.values(value).every(entry => typeof entry === 'string');
		return isRecord ? value as Record<string, string> : undefined;
	} catch {
		return undefined;
	}
};

const nest = (flat: ReadonlyMap<string, string>): TemplateValues => {
	const values: Record<string, string | Record<string, string>> = {};
	for (const [name, value] of flat) {
		const [group = '', inner] = name.split('.');
		if (inner === undefined) {
			values[group] = value;
		} else {
			values[group] = {...values[group] as Record<string, string> | undefined, [inner]: value};
		}
	}

	return values;
};

/** Names of the sandbox's secrets. `users`: those of the cloud, each of which gets a password (`user.demo`). */
export const sandboxSecrets = (users: readonly string[]): readonly string[] => [...fixedNames, ...users.map(name => `user.${name}`)];

/** Generated passwords of one environment by their names, kept in one 0600 file on its host. Until the file is there they exist only in memory. */
export const createSecrets = (host: Machine, path: string, names: readonly string[]): Secrets => {
	let isDiscarded = false;
	const held = new Map(names.map(name => [name, generate()]));
	return {
		path,
		get(name) {
			const value = held.get(name);
			if (value === undefined) {
				throw new Error(`No secret is named ${name}`);
			}

			return value;
		},
		values: () => nest(held),
		all: () => [...held.values()],
		async load() {
			const text = await host.read(path);
			if (text === undefined) {
				return 'missing';
			}

			const stored = parse(text);
			if (!stored) {
				return 'damaged';
			}

			for (const [name, value] of Object.entries(stored)) {
				held.set(name, value);
			}

			return names.every(name => Object.hasOwn(stored, name)) ? 'complete' : 'incomplete';
		},
		discard() {
			isDiscarded = true;
		},
		discarded: () => isDiscarded,
		async save() {
			await host.write(path, `${JSON.stringify(Object.fromEntries(held), undefined, '\t')}\n`, {mode: 0o600});
		},
	};
};
