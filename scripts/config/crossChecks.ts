import {defaultVersion} from './defaultVersion.js';
import {diskFileFault} from './guestFile.js';
import {imageVersions} from './imageVersions.js';
import {isUbuntu, suiteFault} from './guestSuites.js';
import {parseK2hr3Origin} from './k2hr3Origin.js';
import {isPreloadWord} from './preload.js';
import type {Config} from './schema.js';
import {variants} from './schema/variants.js';
import {rangeOf} from './schema/values.js';
import {sshKeyFaults} from './sshKeys.js';

/** A contradiction between values that are each right by themselves, or between one and a file that it names. */
export type Contradiction = {readonly path: readonly string[]; readonly message: string};

const duplicates = (words: readonly string[]): string[] => [...new Set(words.filter((word, index) => words.indexOf(word) !== index))];

const datastoreFaults = ({datastore}: Config): Contradiction[] => {
	const names = datastore.versions.map(({name}) => name);
	const withImages = datastore.versions.filter(({name, variant}) => variant !== undefined || name === datastore.defaultVersion);
	const tags = [...new Map(withImages.map(({name, version}) => [name, version ?? name])).values()];
	return [
		...[datastore.defaultVersion].filter(name => !names.includes(name)).map(name => ({
			path: ['datastore', 'defaultVersion'],
			message: `must be one of the names in datastore.versions (${names.join(', ')}), not "${name}"`,
		})),
		...duplicates(names).map(name => ({path: ['datastore', 'versions'], message: `has the name "${name}" twice`})),
		...duplicates(tags).map(tag => ({path: ['datastore', 'versions'], message: `has two versions with images of their own that would both bear the tag "${tag}"`})),
	];
};

const cloudFaults = ({openstack}: Config): Contradiction[] => [
	...duplicates(openstack.flavors.map(({name}) => name)).map(name => ({path: ['openstack', 'flavors'], message: `has the name "${name}" twice`})),
	...duplicates(openstack.flavors.map(({id}) => id)).map(id => ({path: ['openstack', 'flavors'], message: `has the id "${id}" twice`})),
	...duplicates(openstack.users.map(({name}) => name)).map(name => ({path: ['openstack', 'users'], message: `has the name "${name}" twice`})),
	...openstack.users.flatMap(({name, roles}) => Object.keys(roles)
		.filter(project => !openstack.projects.includes(project))
		.map(project => ({path: ['openstack', 'users'], message: `gives ${name} a role in "${project}", which is not in openstack.projects`}))),
];

const k2hr3Faults = ({k2hr3: {flavor, ports}, openstack: {flavors}, sources}: Config): Contradiction[] => [
	// Whoever builds no K2HR3 need not know of it to have other flavors.
	...[flavor].filter(wanted => sources.k2hr3 !== null && !flavors.some(({name}) => name === wanted)).map(wanted => ({
		path: ['k2hr3', 'flavor'], message: `must be one of the names in openstack.flavors, not "${wanted}"`,
	})),
	...duplicates(Object.values(ports).map(String)).map(port => ({path: ['k2hr3', 'ports'], message: `has the port ${port} twice`})),
	...npmFaults(sources),
];

/** The npm registry has K2HR3, but not what it is compiled with and keeps its data in. */
const npmFaults = ({k2hr3, k2hdkc, k2hdkcRepository: {entry}}: Config['sources']): Contradiction[] => {
	if (k2hr3 === null || !('npm' in parseK2hr3Origin(k2hr3)!)) {
		return [];
	}

	const form = k2hdkc?.split(':')[0];
	return [
		...[form].filter(each => each !== 'packages' && each !== 'directory').map(() => ({
			path: ['sources', 'k2hr3'], message: 'can be npm only with CHMPX and K2HDKC at hand: set sources.k2hdkc to packages:NAME=VERSION,… or directory:/PATH',
		})),
		...[entry].filter(each => form === 'packages' && !/^deb\s/.test(each ?? '')).map(() => ({
			path: ['sources', 'k2hdkcRepository'], message: 'needs an entry "deb ADDRESS SUITE COMPONENT" for K2HR3 by npm, which is made in Debian trixie',
		})),
	];
};

type NamedRange = {readonly path: readonly string[]; readonly cidr: string};

const overlaps = (named: readonly NamedRange[]): Contradiction[] => {
	const ranges = named.flatMap(({path, cidr}) => {
		const range = rangeOf(cidr);
		return range ? [{path, cidr, ...range}] : [];
	});
	return ranges.flatMap((range, index) => ranges.slice(0, index)
		.filter(other => range.first <= other.last && other.first <= range.last)
		.map(other => ({path: range.path, message: `${range.cidr} overlaps ${other.path.join('.')} (${other.cidr})`})));
};

const rangeFaults = ({sandbox, openstack, devstack: {ranges}}: Config): Contradiction[] => [
	...overlaps([
		{path: ['sandbox', 'managementCidr'], cidr: sandbox.managementCidr},
		{path: ['openstack', 'networks', 'private', 'cidr'], cidr: openstack.networks.private.cidr},
		{path: ['openstack', 'networks', 'public', 'cidr'], cidr: openstack.networks.public.cidr},
	]),
	...overlaps(Object.entries(ranges).map(([name, cidr]) => ({path: ['devstack', 'ranges', name], cidr}))),
];

const containerFaults = (config: Config): Contradiction[] => {
	const {sources} = config;
	const wanted = [...new Set(imageVersions(config).map(version => defaultVersion(version.config).variant))];
	const {baseImages, k2hdkc, k2hdkcRepository: {entry, keyFile}} = sources;
	return [
		...variants.filter(variant => variant !== 'debian' && baseImages[variant].startsWith('mmdebstrap:')).map(variant => ({
			path: ['sources', 'baseImages', variant], message: 'cannot be made by mmdebstrap from the mirror of Debian; name an image of a registry',
		})),
		// Such a base forgets its mirror, from which more packages would come.
		...wanted.filter(variant => k2hdkc?.startsWith('packages:') && baseImages[variant].startsWith('mmdebstrap:')).map(variant => ({
			path: ['sources', 'k2hdkc'], message: `cannot be packages for a base that mmdebstrap makes (sources.baseImages.${variant}); name an image of a registry there`,
		})),
		...[entry].filter(() => (entry === null) !== (keyFile === null)).map(() => ({
			path: ['sources', 'k2hdkcRepository'], message: 'needs both entry and keyFile: packages are installed only from a repository whose signature is checked',
		})),
	];
};

/** Without the component no image is made, and the suite does not matter. */
const suiteFaults = ({components, release, images: {guest: {suite, file}}, sources}: Config): Contradiction[] => {
	if (!components.images) {
		return [];
	}

	const fault = suiteFault(release, suite);
	return [
		...(fault === undefined ? [] : [{path: ['images', 'guest', 'suite'], message: fault}]),
		// A host of Debian knows no mirror of Ubuntu that could be the default.
		...[sources.ubuntu.mirror].filter(mirror => mirror === null && file === null && isUbuntu(suite)).map(() => ({
			path: ['sources', 'ubuntu', 'mirror'], message: `must be the address of a mirror of Ubuntu, from which a guest of ${suite} is made: --set sources.ubuntu.mirror=http://archive.ubuntu.com/ubuntu or one nearer by`,
		})),
	];
};

const preloadFaults = ({images: {guest: {preload}}, sources}: Config): Contradiction[] => [
	...duplicates(preload).map(value => ({path: ['images', 'guest', 'preload'], message: `has "${value}" twice`})),
	...preload.filter(value => sources.k2hdkc === null && isPreloadWord(value)).map(value => ({
		path: ['images', 'guest', 'preload'], message: `names the image ${value}, which is not built while sources.k2hdkc does not say where the programs of K2HDKC come from`,
	})),
];

const fileFaults = ({images: {guest: {file}}}: Config): Contradiction[] => {
	const fault = file === null ? undefined : diskFileFault(file);
	return fault === undefined ? [] : [{path: ['images', 'guest', 'file'], message: `names ${file}, which ${fault}`}];
};

const keyFaults = ({images}: Config): Contradiction[] => sshKeyFaults(images.guest.sshKeys).map(message => ({path: ['images', 'guest', 'sshKeys'], message}));

export const contradictions = (config: Config): readonly Contradiction[] =>
	[datastoreFaults, cloudFaults, k2hr3Faults, rangeFaults, suiteFaults, keyFaults, containerFaults, preloadFaults, fileFaults].flatMap(faults => faults(config));
