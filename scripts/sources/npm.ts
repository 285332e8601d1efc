import type {Config} from '../config/schema.js';
import type {Machine} from '../machines/types.js';

/** How the registry is called in what people read. */
export const npmRegistry = 'the npm registry';

/** Name of the authority's certificate beside the configuration of npm, where there is one. */
export const npmAuthority = 'npm-ca.pem';

/**
 * DIRECTORY PLACE: what npm of the host is configured with, in DIRECTORY/npmrc for an npm that finds the directory's files in PLACE. With logins: for root
 * alone. A host without npm has no configuration of it; then npm's own defaults hold.
 */
const hostSettings = `
umask 077
cd /
: >"$1/npmrc"
command -v npm >/dev/null || exit 0
for place in globalconfig userconfig; do
  file=$(npm config get "$place")
  [ ! -r "$file" ] || { cat "$file"; echo; } >>"$1/npmrc"
done
printf 'registry=%s\\n' "$(npm config get registry)" >>"$1/npmrc"
authority=$(npm config get cafile)
[ ! -r "$authority" ] || { cp "$authority" "$1/${npmAuthority}"; printf 'cafile=%s\\n' "$2/${npmAuthority}" >>"$1/npmrc"; }
`;

/** Writes the configuration of an npm that is to ask the registry of `sources.npm`; it will find the directory's files in `place`. */
export const writeNpmrc = async (host: Pick<Machine, 'run' | 'write'>, {registry}: Config['sources']['npm'], directory: string, place: string): Promise<void> => {
	if (registry === 'host') {
		await host.run(['sh', '-euc', hostSettings, 'sh', directory, place], {timeout: 60});
		return;
	}

	await host.write(`${directory}/npmrc`, `registry=${registry}\n`, {mode: 0o600});
};
