export type Suite = {
	readonly argv: readonly string[];
	/** How its result is read: from ava's output, or from the last line and the exit code. */
	readonly kind: 'ava' | 'command';
	/** Seconds after which it is ended. */
	readonly limit: number;
	/** Variables that its tests have beside those of this process. */
	readonly env?: Readonly<Record<string, string>>;
};

const ava = (directory: string, ...options: readonly string[]): readonly string[] =>
	['node_modules/.bin/ava', ...options, `dist/test/${directory}/**/*.test.js`];

const oneByOne = ['--concurrency=1', '--serial'] as const;

/** End-to-end tests of a folder: they share an environment and run in the order of their names. */
const e2e = (folder: string, env: Suite['env'] = {}, limit = 3600): Suite => ({argv: ava(`e2e/${folder}`, ...oneByOne, '--timeout=30m'), kind: 'ava', limit, env});

/** Such a suite with an environment, a state, a cache and addresses of its own may run beside others: nothing of it is theirs to keep or to take away. */
const besideOthers = (folder: string, environment: string, addresses: string, limit?: number): Suite => e2e(folder, {
	TEST_ENVIRONMENT: environment,
	K2HDKC_DEVSTACK__PATHS__STATE: `/var/lib/k2hdkc-devstack/${environment}.state`, K2HDKC_DEVSTACK__PATHS__CACHE: `/var/cache/k2hdkc-devstack/${environment}.cache`,
	// Environments of another state are not seen while they are down, and their ranges look free.
	K2HDKC_DEVSTACK__SANDBOX__ADDRESSPOOL: `[${addresses}]`,
}, limit);

/** Folders of integration tests that are suites of their own: `npm test` takes less time when they run beside the others. */
const integrationTests = {cli: 'integration/cli', machines: 'integration/machines', pipeline: 'integration/pipeline', stages: 'integration/stages'} as const;

const integration = (folder: string, ...others: readonly string[]): Suite =>
	({argv: [...ava(folder, ...oneByOne, '--timeout=4m'), ...others.map(other => `!dist/test/${other}/**`)], kind: 'ava', limit: 1200});

/** Everything that can be run by name. Integration tests have the processors and the host to themselves as far as possible: files run one after the other. */
export const suites: Readonly<Record<string, Suite>> = {
	lint: {argv: ['node_modules/.bin/xo'], kind: 'command', limit: 600},
	unit: {argv: ava('unit'), kind: 'ava', limit: 600},
	python: {argv: ['node', 'dist/test/python/main.js', '2025.1', '2026.1'], kind: 'command', limit: 900},
	releases: {argv: ['node', 'dist/test/python/main.js'], kind: 'command', limit: 3600},
	integration: integration('integration', ...Object.values(integrationTests)),
	cli: integration(integrationTests.cli),
	// Mostly waiting, for links that are cut and processes that do not end.
	machines: integration(integrationTests.machines),
	pipeline: integration(integrationTests.pipeline),
	stages: integration(integrationTests.stages),
	// The host before and after all others.
	before: e2e('before'),
	after: e2e('after'),
	environment: e2e('environment'),
	hosts: e2e('hosts'),
	root: besideOthers('root', 'ci-root', '10.216.0.0/16'),
	images: besideOthers('images', 'ci-images', '10.214.0.0/16'),
	// What else asks for an environment, and for no more, is here too: this lane has the time.
	overSsh: besideOthers('overSsh', 'ci-over-ssh', '10.215.0.0/16'),
	// Each fault of each operation, and each command of the page for users, one after the other.
	clusters: besideOthers('clusters', 'ci-clusters', '10.217.0.0/16', 18_000),
	// Builds an environment without servers, then adds them: on a busy machine that takes more than an hour.
	dashboard: besideOthers('dashboard', 'ci-dashboard', '10.219.0.0/16', 7200),
	// Machines of its own that become a DevStack, with stand-ins for its programs: run by name.
	devstack: besideOthers('devstack', 'ci-devstack', '10.218.0.0/16'),
	// The real stack.sh, from git mirrors of one's own: run by name.
	devstackReal: {...besideOthers('devstackReal', 'ci-ds-real', '10.218.0.0/16', 10_800), argv: ava('e2e/devstackReal', ...oneByOne, '--timeout=180m')},
	// What takes long and touches little of the rest: run by name.
	long: {argv: ava('long', ...oneByOne, '--timeout=60m'), kind: 'ava', limit: 7200},
};
