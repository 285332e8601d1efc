import {randomUUID} from 'node:crypto';
import type {Machine} from '../../machines/types.js';
import {quote} from '../../machines/quote.js';

/** A package of an image. */
export type Package = {
	readonly kind: 'deb' | 'apk' | 'rpm' | 'pypi';
	readonly name: string;
	readonly version: string;
	/** The distribution's name of the architecture. */
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

export type Distribution = {
	/** As in the package URL: `debian`, `alpine`. */
	readonly vendor: string;
	readonly suite?: string;
};

/** Package URL: https://github.com/package-url/purl-spec */
const purl = ({kind, name, version, architecture}: Package, {vendor, suite}: Distribution): string => kind === 'pypi'
	? `pkg:pypi/${name.toLowerCase().replaceAll('_', '-')}@${encodeURIComponent(version)}`
	: `pkg:${kind}/${vendor}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture ?? 'all'}${suite === undefined ? '' : `&distro=${suite}`}`;

/** What is in an image, as CycloneDX 1.5 JSON. */
export const renderPackageList = (packages: readonly Package[], image: Distribution & {readonly name: string; readonly made: string}): string => `${JSON.stringify({
	bomFormat: 'CycloneDX', specVersion: '1.5', serialNumber: `urn:uuid:${randomUUID()}`, version: 1,
	metadata: {timestamp: image.made, component: {type: 'operating-system', 'bom-ref': 'image', name: image.name, version: image.made}},
	components: packages.map(each => ({type: 'library', 'bom-ref': purl(each, image), name: each.name, version: each.version, purl: purl(each, image)})),
}, undefined, '\t')}\n`;

export const listPackages = async (host: Pick<Machine, 'script'>, base: string, agent: string): Promise<readonly Package[]> =>
	parsePackages((await host.script(packagesScript(base, agent), {timeout: 60})).stdout);
