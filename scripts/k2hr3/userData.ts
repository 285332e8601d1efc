import {stringify} from 'yaml';
import {parseK2hdkcOrigin} from '../config/k2hdkcSource.js';
import type {Config} from '../config/schema.js';
import {hideUrlPasswords} from '../config/urlPasswords.js';
import {ToolError} from '../errors/toolError.js';
import {signedEntry} from '../sources/signedEntry.js';
import type {Slave} from './documents.js';

/** What brings the configuration of a node up to date, again and again. */
const updater = 'k2hr3-get-resource';

/** Where the key of the repository lies: apt reads one in ASCII armour there as it is, where cloud-init would need GnuPG. */
const keyFile = '/etc/apt/keyrings/k2hdkc.asc';

/** Files below conf/k2hr3/slave, and where a slave node has them. */
export const slaveFiles = {
	'register.sh': {path: '/usr/local/sbin/k2hdkc-slave', permissions: '0700'},
	'wait.sh': {path: '/usr/local/sbin/k2hdkc-slave-wait', permissions: '0755'},
	'override.conf': {path: '/etc/antpickax/override.conf', permissions: '0644'},
	'chmpx.service': {path: '/etc/systemd/system/chmpx.service', permissions: '0644'},
	'k2hr3-get-resource.service': {path: `/etc/systemd/system/${updater}.service`, permissions: '0644'},
	'k2hr3-get-resource.timer': {path: `/etc/systemd/system/${updater}.timer`, permissions: '0644'},
} as const;

export type SlaveFile = keyof typeof slaveFiles;

export type SlaveParts = {
	readonly sources: Pick<Config['sources'], 'k2hdkc' | 'k2hdkcRepository'>;
	readonly slave: Slave;
	/** The key of the repository, armoured; undefined for one of the distribution. */
	readonly key?: string | undefined;
	/** Certificate of the authority that K2HR3 has its own from; undefined for one that every server knows. */
	readonly authority?: string | undefined;
	/** What each of those files holds. */
	readonly files: Readonly<Record<SlaveFile, string>>;
};

const packagesOf = ({k2hdkc}: SlaveParts['sources']): Readonly<Record<string, string>> => {
	const origin = k2hdkc === null ? undefined : parseK2hdkcOrigin(k2hdkc);
	if (origin === undefined || !('packages' in origin)) {
		throw new ToolError('K2D7015', `sources.k2hdkc is ${k2hdkc ?? 'null'}, which is no list of packages.`);
	}

	return origin.packages;
};

/** The repository as cloud-init adds it; undefined for that of the distribution. */
const repositoryOf = ({entry}: Config['sources']['k2hdkcRepository'], key: string | undefined): object | undefined => {
	if (entry === null) {
		return undefined;
	}

	if (!/^\s*deb\s/.test(entry)) {
		throw new ToolError('K2D7015', `sources.k2hdkcRepository.entry is "${hideUrlPasswords(entry)}", which is no repository of Debian or Ubuntu, as a slave node is.`);
	}

	return {sources: {k2hdkc: {source: key === undefined ? entry : signedEntry(entry, keyFile)}}};
};

/**
 * Cloud-init's user data for a server that becomes a slave node: Debian or Ubuntu, in a network that K2HR3 and the servers of the cluster are
 * reached from directly. It holds the token of the role.
 * @throws ToolError K2D7015
 */
export const slaveUserData = ({sources, slave, key, authority, files}: SlaveParts): string => {
	const packages = packagesOf(sources);
	const apt = repositoryOf(sources.k2hdkcRepository, key);
	return `#cloud-config\n${stringify({
		...(authority !== undefined && {ca_certs: {trusted: [authority]}}),
		...(apt !== undefined && {apt}),
		package_update: true,
		packages: ['curl', 'procps', ...Object.entries(packages), ...(updater in packages ? [] : [updater])],
		users: ['default', {name: 'k2hdkc', system: true, shell: '/usr/sbin/nologin', homedir: '/nonexistent', no_create_home: true}],
		write_files: [
			...(key === undefined ? [] : [{path: keyFile, permissions: '0644', content: key}]),
			{path: '/etc/k2hdkc-slave/extdata-url', permissions: '0600', content: `${slave.extdata_url}\n`},
			...Object.entries(slaveFiles).map(([name, place]) => ({...place, content: files[name as SlaveFile]})),
		],
		runcmd: [
			[slaveFiles['register.sh'].path],
			['systemctl', 'start', `${updater}.service`],
			['systemctl', 'enable', '--now', `${updater}.timer`],
			['systemctl', 'enable', '--now', 'chmpx.service'],
		],
	}, {lineWidth: 0})}`;
};
