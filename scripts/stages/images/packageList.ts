import {randomUUID} from 'node:crypto';
import {isUbuntu} from '../../config/guestSuites.js';
import type {Machine} from '../../machines/types.js';
import {quote} from '../../machines/quote.js';

/** A package of an image. */
export type Package = {
	readonly kind: 'deb' | 'pypi';
	readonly name: string;
	readonly version: string;
	/** Debian's name of the architecture. */
	readonly architecture?: string;
};

/** Prints the packages of a root: Debian's by its dpkg database, Python's of the virtual environment by their metadata. */
export const packagesScript = (base: string, agent: string): string => `
dpkg-query --admindir=${quote(`${base}/var/lib/dpkg`)} --show --showformat='\${db:Status-Abbrev}|\${Package}|\${Version}|\${Architecture}\\n' | sed -n 's/^ii *|/deb|/p'
find ${quote(`${agent}/opt/guest-agent-venv/lib`)} -path '*/site-packages/*.dist-info/METADATA' -exec sed -n -e '/^$/q' -e 's/^Name: /pypi|/p' -e 's/^Version: /=/p' {} \\;
`;

export const parsePackages = (output: string): readonly Package[] => [
	...[...output.matchAll(/^deb\|([^|\n]+)\|([^|\n]+)\|([^|\n]+)$/gm)].map(([, name = '', version = '', architecture = '']) => ({kind: 'deb' as const, name, version, architecture})),
	// A package's metadata begins with its version or its name.
	...[...output.matchAll(/^pypi\|(.+)\n=(.+)$/gm)].map(([, name = '', version = '']) => ({kind: 'pypi' as const, name, version})),
];

/** Package URL: https://github.com/package-url/purl-spec */
const purl = ({kind, name, version, architecture}: Package, suite: string): string => kind === 'deb'
	? `pkg:deb/${isUbuntu(suite) ? 'ubuntu' : 'debian'}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture ?? 'all'}&distro=${suite}`
	: `pkg:pypi/${name.toLowerCase().replaceAll('_', '-')}@${encodeURIComponent(version)}`;

/** What is in an image, as CycloneDX 1.5 JSON. */
export const renderPackageList = (packages: readonly Package[], image: {readonly name: string; readonly suite: string; readonly made: string}): string => `${JSON.stringify({
	bomFormat: 'CycloneDX', specVersion: '1.5', serialNumber: `urn:uuid:${randomUUID()}`, version: 1,
	metadata: {timestamp: image.made, component: {type: 'operating-system', 'bom-ref': 'image', name: image.name, version: image.made}},
	components: packages.map(each => ({type: 'library', 'bom-ref': purl(each, image.suite), name: each.name, version: each.version, purl: purl(each, image.suite)})),
}, undefined, '\t')}\n`;

export const listPackages = async (host: Pick<Machine, 'script'>, base: string, agent: string): Promise<readonly Package[]> =>
	parsePackages((await host.script(packagesScript(base, agent), {timeout: 60})).stdout);
