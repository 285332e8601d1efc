export type Suite = {
	readonly argv: readonly string[];
	/** How its result is read: from ava's output, or from the last line and the exit code. */
	readonly kind: 'ava' | 'command';
	/** Seconds after which it is ended. */
	readonly limit: number;
	/** It has the machine to itself among those of its kind; the others run beside it. */
	readonly alone?: true;
};

const ava = (directory: string, ...options: readonly string[]): readonly string[] =>
	['node_modules/.bin/ava', ...options, `dist/test/${directory}/**/*.test.js`];

const oneByOne = ['--concurrency=1', '--serial'] as const;

const testFiles = (name: string): string => `dist/test/e2e/${name}.test.js`;
const withServers = ['mainServers*', 'mainVolumes', 'mainRegistryImageGuestAgent'].map(name => testFiles(name));

/** Everything that can be run by name. Integration and end-to-end tests build machines and look at the host, so they run one after the other. */
export const suites: Readonly<Record<string, Suite>> = {
	lint: {argv: ['node_modules/.bin/xo'], kind: 'command', limit: 300},
	unit: {argv: ava('unit'), kind: 'ava', limit: 300},
	python: {argv: ['node', 'dist/test/python/main.js', '2025.1', '2026.1'], kind: 'command', limit: 900},
	releases: {argv: ['node', 'dist/test/python/main.js'], kind: 'command', limit: 3600},
	integration: {argv: ava('integration', ...oneByOne, '--timeout=4m'), kind: 'ava', limit: 1200, alone: true},
	e2e: {argv: [...ava('e2e', ...oneByOne, '--timeout=30m'), ...withServers.map(files => `!${files}`)], kind: 'ava', limit: 3600, alone: true},
	// What is about servers and volumes, with the tests that make what these need. Beside all others they do not fit into an hour.
	servers: {argv: ['node_modules/.bin/ava', ...oneByOne, '--timeout=30m', ...['main', 'mainRegistry*', 'zzDown'].map(name => testFiles(name)), ...withServers], kind: 'ava', limit: 3600, alone: true},
	// What takes long and touches little of the rest: run by name.
	long: {argv: ava('long', ...oneByOne, '--timeout=60m'), kind: 'ava', limit: 7200, alone: true},
};
