import {quote} from '../../machines/quote.js';

/** What apt of the host is told to download, for which root, and from where. */
export type AptDownload = {
	readonly packages: readonly string[];
	/** The root whose installed packages count as there. */
	readonly root: string;
	/** Lines of sources.list. */
	readonly sources: readonly string[];
	/** Proxies and the like, as lines of apt.conf without the semicolon. */
	readonly options: readonly string[];
	/** Verifies the mirror. */
	readonly keyring: string;
	/** Made by this; holds the .deb files in the end. */
	readonly target: string;
	/** Beside the target; removed at the start and gone at the end. */
	readonly work: string;
};

/** What apt says of a file that a server did not give, before it asks again or elsewhere. */
export const aptWaiting = /^Ign:\d/;

/** Everything apt would read of the host's own configuration and state is replaced: the host's packages are no concern of the machine. */
export const aptConfiguration = ({root, keyring, work, options}: Pick<AptDownload, 'root' | 'keyring' | 'work' | 'options'>): string => [
	...['main', 'parts', 'sourceparts', 'preferences', 'preferencesparts', 'trustedparts'].map(name => `Dir::Etc::${name} "/dev/null"`),
	`Dir::Etc::sourcelist "${work}/sources.list"`,
	`Dir::Etc::trusted "${keyring}"`,
	`Dir::State::lists "${work}/lists"`,
	`Dir::State::status "${work}/dpkg/status"`,
	`Dir::State::extended_states "${root}/var/lib/apt/extended_states"`,
	`Dir::Cache "${work}"`,
	`Dir::Cache::archives "${work}/archives"`,
	'APT::Install-Recommends "false"',
	'Acquire::Languages "none"',
	'Acquire::Retries "3"',
	...options,
	'',
].join(';\n');

/**
 * Downloads packages and what they need beyond the root, on the host: the machine has no way out, and gets none for this.
 * The configuration may name a proxy with a password: it is a file for root alone and goes with the working directory.
 */
export const downloadScript = ({packages, root, sources, options, keyring, target, work}: AptDownload): string => `
rm -rf ${quote(work)}
mkdir -p ${quote(`${work}/lists/partial`)} ${quote(`${work}/archives/partial`)} ${quote(`${work}/dpkg/updates`)}
cp ${quote(`${root}/var/lib/dpkg/status`)} ${quote(`${work}/dpkg/status`)}
cat > ${quote(`${work}/sources.list`)} <<'END-OF-SOURCES'
${sources.join('\n')}
END-OF-SOURCES
(umask 077; cat > ${quote(`${work}/apt.conf`)}) <<'END-OF-CONFIGURATION'
${aptConfiguration({root, keyring, work, options})}
END-OF-CONFIGURATION
export APT_CONFIG=${quote(`${work}/apt.conf`)} DEBIAN_FRONTEND=noninteractive
apt-get --error-on=any update
apt-get --yes --download-only install ${packages.map(name => quote(name)).join(' ')}
cd ${quote(`${work}/archives`)}
rm -rf partial lock
ls | wc -l > .complete
sync -f .
rm -rf ${quote(target)}
mv -T ${quote(`${work}/archives`)} ${quote(target)}
rm -rf ${quote(work)}
`;
