import type {SummaryFacts} from '../commands/environment.js';
import {formatBytes} from './bytes.js';
import {formatDuration} from './duration.js';
import type {RecordedStep} from './recorder.js';
import {createStyle, type Style} from './style.js';
import {formatTable} from './table.js';

const section = (title: string, lines: readonly string[], style: Style): string[] => lines.length === 0 ? [] : ['', style.bold(title), ...lines];

const indented = (lines: readonly string[]): string[] => lines.map(line => `  ${line}`);

const credentialRows = (facts: SummaryFacts): string[][] => [
	...(facts.credentialsFile === undefined ? [] : [['clouds.yaml', facts.credentialsFile]]),
	...(facts.openrc === undefined ? [] : [['openrc', facts.openrc]]),
];

const versionRows = (facts: SummaryFacts): string[][] => facts.datastoreVersions.map(version => [
	version.datastore, version.name, [version.active ? 'active' : 'not active', version.default ? 'default' : ''].filter(Boolean).join(', '),
]);

const guestRows = (facts: SummaryFacts): string[][] => facts.guests.map(({name, state, addresses, memory}) => [name, state, addresses.join(', '), memory === undefined ? '' : formatBytes(memory)]);

/** What the environment does without, and why: known before it is built. */
export const renderLeftOut = (leftOut: SummaryFacts['leftOut'], color: boolean): string[] => section('Left out', formatTable(leftOut.map(({what, why}) => [what, why])), createStyle(color));

/** What stands and where; shared by the end of `up` and by `status`. */
export const renderFacts = (facts: SummaryFacts, color: boolean): string[] => {
	const style = createStyle(color);
	return [
		...section('Endpoints', formatTable(facts.endpoints.map(({name, url}) => [name, url])), style),
		...section('Credentials', formatTable(credentialRows(facts)), style),
		...section('Datastore versions', formatTable(versionRows(facts)), style),
		...section('Images', formatTable((facts.images ?? []).map(({image, reference, digest}) => [image, reference, digest])), style),
		...section('Guests', formatTable(guestRows(facts)), style),
		...renderLeftOut(facts.leftOut, color),
		...section('From your own machine', facts.sshForward === undefined ? [] : indented([facts.sshForward]), style),
	];
};

/** The three commands a person will want next. */
export const renderNext = (facts: SummaryFacts, color: boolean): string[] => section('Next', indented(facts.nextCommands.slice(0, 3)), createStyle(color));

/** The steps that took longest, longest first; those that did nothing worth a second are left out. */
export const slowest = (steps: readonly RecordedStep[], count = 5): RecordedStep[] =>
	steps.filter(step => step.seconds >= 1 && step.result !== 'skipped').toSorted((a, b) => b.seconds - a.seconds).slice(0, count);

export type SummaryOptions = {
	readonly name: string;
	readonly profile: string;
	readonly seconds: number;
	readonly steps: readonly RecordedStep[];
	readonly facts: SummaryFacts;
	readonly warnings: readonly string[];
	/** Steps of the plan were left out on request. */
	readonly partial: boolean;
	readonly color: boolean;
};

const headlineOf = ({name, profile, seconds, steps, partial}: SummaryOptions): string => {
	const environment = `Environment ${name} (profile ${profile})`;
	if (steps.every(step => step.result !== 'done' && step.result !== 'adopted')) {
		return `${environment}: ${partial ? 'what was asked for' : 'everything'} is in place and verified, ${formatDuration(seconds)}.`;
	}

	return partial
		? `${environment}: the steps that were asked for are done after ${formatDuration(seconds)}.`
		: `${environment} is ready after ${formatDuration(seconds)}.`;
};

/** The end of a successful `up`. */
export const renderSummary = (options: SummaryOptions): string[] => {
	const {steps, facts, warnings, color} = options;
	const style = createStyle(color);
	return [
		style.green(headlineOf(options)),
		...renderFacts(facts, color),
		...section('Slowest steps', formatTable(slowest(steps).map(step => [step.id, formatDuration(step.seconds)])), style),
		...section('Warnings', indented(warnings), style),
		...renderNext(facts, color),
	];
};
