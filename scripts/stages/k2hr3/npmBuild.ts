import {parseK2hdkcOrigin, type K2hdkcOrigin} from '../../config/k2hdkcSource.js';
import type {NpmPackages} from '../../config/k2hr3Origin.js';
import type {Config} from '../../config/schema.js';
import {hideUrlPasswords} from '../../config/urlPasswords.js';
import {signedEntry} from '../../sources/signedEntry.js';
import {baseInputs} from './definition.js';

type Sources = Pick<Config['sources'], 'k2hdkc' | 'k2hdkcRepository'>;

/** Packages of Debian that npm and the compiler of addons come with. They are in no image. */
const buildPackages = ['g++', 'libnode-dev', 'make', 'npm', 'python3'] as const;

/** Where CHMPX and K2HDKC come from; a configuration of another form is refused. */
export const k2hdkcFor = ({k2hdkc}: Pick<Sources, 'k2hdkc'>): Exclude<K2hdkcOrigin, {readonly image: string}> => {
	const origin = k2hdkc === null ? undefined : parseK2hdkcOrigin(k2hdkc);
	if (origin === undefined || 'image' in origin) {
		throw new Error('no K2HDKC for K2HR3 by npm');
	}

	return origin;
};

/** All that is installed for the build; the headers of K2HDKC are of its own version. */
export const wantedPackages = (sources: Pick<Sources, 'k2hdkc'>): readonly string[] => {
	const origin = k2hdkcFor(sources);
	const versions = 'packages' in origin ? {...('k2hdkc' in origin.packages && {'k2hdkc-dev': origin.packages.k2hdkc}), ...origin.packages} : {};
	return [...buildPackages, ...Object.entries(versions).map(([name, version]) => `${name}=${version}`)];
};

/** Lines of sources.list beside those of Debian. */
export const moreSources = ({k2hdkcRepository: {entry, keyFile}, ...sources}: Sources): readonly string[] =>
	'packages' in k2hdkcFor(sources) && entry !== null && keyFile !== null ? [signedEntry(entry, keyFile)] : [];

/** Where npm's configuration lies while it runs. */
export const npmPlace = '/root';

/** Run in the root, with packages of npm as arguments. node-gyp takes the headers of Node that lie below /usr; otherwise it would fetch some. */
export const installInside = `
ldconfig
export npm_config_nodedir=/usr
npm install --global --prefix=/usr/local --userconfig=${npmPlace}/npmrc --no-audit --no-fund --no-update-notifier --foreground-scripts "$@"
`;

/**
 * \`sh -eu\` with this, under \`unshare --mount\`: ROOT WORK TARGET K2HDKC MMDEBSTRAP…, whose target is WORK/tree, a layer over ROOT that is thrown away. K2HDKC
 * is a directory that it is installed in, or empty. What npm reads is in WORK/npm. $PACKAGES are what it installs, by
 * $INSIDE in the root.
 */
export const npmScript = `
root=$1 work=$2 target=$3 k2hdkc=$4
shift 4
tree=$work/tree
mkdir "$work/layer" "$work/overlay" "$tree"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/layer,workdir=$work/overlay" "$tree"
# Devices are the container's own.
rm -rf "$tree/dev"
mkdir "$tree/dev"
# In the root it leads to what runs only in the server; mmdebstrap and npm look names up by it.
rm -f "$tree/etc/resolv.conf"
"$@"
[ -z "$k2hdkc" ] || cp -r --preserve=mode,links -- "$k2hdkc/bin" "$k2hdkc/lib" "$k2hdkc/include" "$tree/usr/local/"
# Whom the host trusts: npm brings authorities of its own, which do not know that of a company's proxy.
cat /etc/ssl/certs/ca-certificates.crt "\${SSL_CERT_FILE:-/dev/null}" >"$work/npm/trusted.pem" 2>/dev/null || true
# What npm reads, logins among it, and writes is in no layer.
mount --bind "$work/npm" "$tree${npmPlace}"
cat /etc/resolv.conf >"$tree/etc/resolv.conf"
cat /etc/hosts >"$tree/etc/hosts"
for place in dev proc; do mount --rbind "/$place" "$tree/$place"; done
chroot "$tree" env HOME=${npmPlace} NODE_EXTRA_CA_CERTS=${npmPlace}/trusted.pem PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "$INSIDE" sh $PACKAGES
umount --recursive "$tree/dev" "$tree/proc" "$tree${npmPlace}"
echo 'collecting what was installed'
mkdir "$target"
cp -a "$tree/usr/local/bin" "$tree/usr/local/lib" "$target/"
# Programs and libraries that came as packages lie elsewhere.
chroot "$tree" dpkg-query --listfiles libfullock k2hash chmpx k2hdkc 2>/dev/null | while read -r file; do
  case $file in
    /usr/bin/*) cp -a "$tree$file" "$target/bin/" ;;
    /usr/lib/*/lib*.so.*) cp -a "$tree$file" "$target/lib/" ;;
  esac
done
umount "$tree"
# Only what compiles needs them.
rm -rf "$target/lib/pkgconfig" "$target/lib"/python3*
find "$target/lib" -maxdepth 1 -name '*.*a' -delete
`;

/** What the prefix depends on. From which registry the packages come does not matter, their versions do. */
export const npmInputs = (npm: NpmPackages, {sources}: Pick<Config, 'sources'>): unknown => ({
	npm, base: baseInputs(), k2hdkc: sources.k2hdkc, packages: wantedPackages(sources), script: [npmScript, installInside],
	...(sources.k2hdkcRepository.entry !== null && {repository: hideUrlPasswords(sources.k2hdkcRepository.entry)}),
});
