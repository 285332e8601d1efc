import type {CommandRun} from '../cli/context.js';
import {releases, type Release} from '../config/schema/releases.js';
import {didYouMean} from '../errors/suggest.js';
import {exitCodes, ToolError} from '../errors/toolError.js';
import {createLocalMachine} from '../machines/local.js';
import {createStyle} from '../report/style.js';
import {formatTable} from '../report/table.js';
import {proxyEnvironment} from '../sources/proxyEnvironment.js';
import {checkPatches, type PatchCheck} from '../stages/datastore/checkPatches.js';
import {readPatch} from '../stages/datastore/patchFile.js';
import {listPatches} from '../stages/datastore/patchList.js';
import {loadFor} from './loadFor.js';
import {printResult} from './print.js';

const table = (header: readonly string[], rows: ReadonlyArray<readonly string[]>, color: boolean): readonly string[] =>
	formatTable([header.map(word => createStyle(color).bold(word)), ...rows], '');

/** `patches list`: what is changed in Trove and what is added to it. */
export const patchesList: CommandRun = async (context, options) => {
	const patches = await listPatches();
	printResult(context, options, {
		document: () => ({patches}), lines: color => table(
			['name', 'version', 'place', 'purpose'],
			patches.map(({name, version, place, purpose}) => [name, version ?? '', place, purpose]),
			color,
		),
	});
	return exitCodes.ok;
};

const isRelease = (text: string): text is Release => (releases as readonly string[]).includes(text);

/** The releases of `--release R`, which may be given several times. */
const wantedReleases = (given: string | readonly string[] | undefined): readonly Release[] | undefined => {
	const wanted = given === undefined ? [] : [given].flat();
	for (const text of wanted) {
		if (!isRelease(text)) {
			throw new ToolError('K2D1004', `There is no release "${text}". Known are ${releases.join(', ')}.${didYouMean(text, releases)}`);
		}
	}

	return wanted.length > 0 ? wanted.filter(text => isRelease(text)) : undefined;
};

const proven = ({result}: PatchCheck): boolean => result === 'applies' || result === 'applied';

const renderChecks = (checks: readonly PatchCheck[], color: boolean): readonly string[] => table(
	['release', 'source', 'result', 'reason'],
	checks.map(({release, source, ref, result, code, reason}) => [release, ref ?? source, result, code ? `${code}: ${reason}` : reason]),
	color,
);

/**
 * `patches check`: exit code 0 only when every release asked for is proven. A source out of reach proves nothing, so it
 * counts as a failure; `--release` limits the check to those that can be had.
 */
export const patchesCheck: CommandRun = async (context, options) => {
	const wanted = wantedReleases(options.release);
	const {release: _release, ...others} = options;
	const {config} = loadFor(context, others);
	const checks = await checkPatches({
		machine: createLocalMachine(),
		patch: await readPatch(),
		sources: config.sources.trove,
		debian: config.sources.debian,
		python: config.sources.python,
		env: proxyEnvironment(config.proxy),
		signal: context.signal,
		...(wanted && {releases: wanted}),
		say(message) {
			context.stderr.line(message);
		},
	});
	printResult(context, options, {document: () => ({checks}), lines: color => renderChecks(checks, color)});
	return checks.every(check => proven(check)) ? exitCodes.ok : exitCodes.step;
};
