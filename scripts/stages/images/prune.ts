import type {ImageEnv} from '../imageEnv.js';

/** A directory of the store of images. */
export type Stored = {
	readonly name: string;
	/** Milliseconds since 1970. */
	readonly changed: number;
	/** Of a finished image: the layers it was made from, by the names of their directories. */
	readonly layers?: readonly string[];
};

/** Directories of images and of layers; others are none of ours, or not finished. The end is the hash of the step that made them. */
const imageName = /^((?:guest|database|backup|k2hr3)-image|guest-file)-([\da-f]{16})$/;
const layerName = /^(?:guest-(?:base|sources|agent)|k2hr3-(?:base|prefix)|container-(?:root|base|python))-([\da-f]{16})$/;

/** What is younger stays: a build may be under way with it that has not told its state yet. */
export const graceMilliseconds = 60 * 60 * 1000;

/**
 * Names of the directories that may go. What an environment's state names stays, and of each kind of image the newest beside those, with the
 * layers of all that stay.
 * @param used first 16 digits of the hashes of inputs in the states of all environments
 */
export const superfluous = (stored: readonly Stored[], used: ReadonlySet<string>, now: number): readonly string[] => {
	const images = stored.flatMap(each => {
		const found = imageName.exec(each.name);
		return found === null ? [] : [{...each, kind: found[1]!, isUsed: used.has(found[2]!)}];
	}).toSorted((a, b) => b.changed - a.changed);
	const kinds = new Set(images.map(({kind}) => kind));
	const older = new Set([...kinds].map(kind => images.find(each => each.kind === kind && !each.isUsed)?.name));
	const kept = images.filter(({name, isUsed, changed}) => isUsed || older.has(name) || now - changed < graceMilliseconds);
	const needed = new Set(kept.flatMap(({layers = []}) => layers));
	const layers = stored.filter(({name, changed}) => {
		const hash = layerName.exec(name)?.[1];
		return hash !== undefined && !used.has(hash) && !needed.has(name) && now - changed >= graceMilliseconds;
	});
	return [...images.filter(image => !kept.includes(image)), ...layers].map(({name}) => name).toSorted();
};

/** Prints a line for each directory of a store: NAME SECONDS MANIFEST. */
const listScript = `
cd "$1"
for directory in *-*/; do
  name=\${directory%/}
  printf '%s %s %s\\n' "$name" "$(stat --format=%Y "$name")" "$(cat "$name/manifest.json" 2>/dev/null | tr -d '\\n')"
done
`;

export const parseStored = (output: string): readonly Stored[] => [...output.matchAll(/^(\S+) (\d+) (.*)$/gm)].map(([, name = '', seconds, manifest = '']) => {
	const {layers} = manifest === '' ? {} : JSON.parse(manifest) as {layers?: readonly string[]};
	return {name, changed: Number(seconds) * 1000, ...(layers !== undefined && {layers})};
});

/** Hashes of inputs in the states of all environments of the host, shortened as in names of directories. */
const usedHashes = async ({host, config}: ImageEnv): Promise<ReadonlySet<string>> => {
	const {stdout} = await host.run(['find', config.paths.state, '-mindepth', '2', '-maxdepth', '2', '-name', 'state.json', '-exec', 'cat', '{}', '+'], {allow: 'any'});
	return new Set([...stdout.matchAll(/"inputHash":\s*"([\da-f]{16})/g)].map(([, hash]) => hash!));
};

/** Removes what nobody uses from the store of images; called when an image has been finished and found right. */
export const pruneImages = async (env: ImageEnv): Promise<void> => {
	const {host, paths} = env;
	const {stdout} = await host.run(['sh', '-euc', listScript, 'sh', paths.images], {timeout: 60});
	const names = superfluous(parseStored(stdout), await usedHashes(env), Date.now());
	if (names.length > 0) {
		await host.run(['rm', '-rf', '--one-file-system', '--', ...names.map(name => `${paths.images}/${name}`)], {timeout: 300});
	}
};
