/** A flag as the command line, the help, completion and the docs know it. */
export type Flag = {
	/** In commander's notation, e.g. `--name <env>`. */
	readonly flags: string;
	readonly summary: string;
	readonly repeatable?: boolean;
	readonly choices?: readonly string[];
};

export type Command = {
	readonly name: string;
	/** In commander's notation, e.g. `[profile]`. */
	readonly arguments?: string;
	readonly argumentSummary?: string;
	/** Values of the argument that completion can offer. */
	readonly argumentChoices?: readonly string[];
	readonly summary: string;
	readonly flags: readonly FlagName[];
	/** Everything after the first word that is not a flag of this command goes on as it is. */
	readonly passThrough?: boolean;
	readonly subcommands?: readonly Command[];
	readonly examples?: readonly string[];
};

export const flags = {
	profile: {flags: '--profile <file|name>', summary: 'profile to use: a name, or a YAML file of your own'},
	name: {flags: '--name <environment>', summary: 'which environment, when there are several'},
	machine: {flags: '--machine <url>', summary: 'where to build: local, or ssh://user@host:port'},
	release: {flags: '--release <release>', summary: 'OpenStack release, e.g. 2025.1'},
	set: {flags: '--set <path=value>', summary: 'set one value of the configuration (repeatable)', repeatable: true},
	only: {flags: '--only <step>', summary: 'only this step or stage (repeatable)', repeatable: true},
	from: {flags: '--from <step>', summary: 'begin with this step or stage'},
	until: {flags: '--until <step>', summary: 'end with this step or stage'},
	with: {flags: '--with <stage|component>', summary: 'add an optional part (repeatable)', repeatable: true},
	without: {flags: '--without <stage|component>', summary: 'leave a part out (repeatable)', repeatable: true},
	yes: {flags: '--yes', summary: 'answer yes to questions about deleting data'},
	dryRun: {flags: '--dry-run', summary: 'show what would be done and change nothing'},
	offline: {flags: '--offline', summary: 'reach nothing outside; refuse to start when something was not fetched'},
	fresh: {flags: '--fresh', summary: 'do not trust the record of earlier runs; run every step again'},
	json: {flags: '--json', summary: 'one JSON document on standard output'},
	events: {flags: '--events', summary: 'progress as JSON lines on standard output'},
	noColor: {flags: '--no-color', summary: 'no colours (also: NO_COLOR=1)'},
	verbose: {flags: '-v, --verbose', summary: 'more detail: output of the steps, stack traces'},
	explain: {flags: '--explain', summary: 'also show the inputs that decided'},
	detailedExitcode: {flags: '--detailed-exitcode', summary: 'exit with 5 when something is pending or has drifted'},
	depth: {flags: '--depth <depth>', summary: 'how much to remove: services stops and keeps data, sources also removes the machine and its data, everything also caches and state', choices: ['services', 'sources', 'everything']},
	follow: {flags: '-f, --follow', summary: 'go on printing until the step or run ends'},
	to: {flags: '--to <registry/name>', summary: 'where to push the image; its version is the tag'},
	credentials: {flags: '--credentials <file>', summary: 'credentials for the registry, as docker login writes them; default: those of docker on the machine'},
	latest: {flags: '--latest', summary: 'put the tag latest on it as well'},
	overwrite: {flags: '--overwrite', summary: 'replace another image that has the tag'},
	file: {flags: '--file <disk>', summary: 'a guest image that was built elsewhere, qcow2 or raw, in place of the built one'},
	k2hr3Url: {flags: '--k2hr3-url <url>', summary: 'a K2HR3 that is there already: http(s)://HOST:PORT of its API'},
	project: {flags: '--project <name>', summary: 'project of OpenStack that the cluster belongs to'},
	renew: {flags: '--renew', summary: 'make new tokens; the old ones stay valid for the nodes that have them'},
	value: {flags: '--value <name=value>', summary: 'set one value of the cluster, e.g. chmpx-replica=2 (repeatable)', repeatable: true},
	output: {flags: '--output <file>', summary: 'where to write the bundle'},
	patchRelease: {flags: '--release <release>', summary: 'only this OpenStack release (repeatable)', repeatable: true},
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

const common = ['noColor', 'verbose'] as const;
const target = ['profile', 'name', 'machine', 'release', 'set'] as const;
const selection = ['only', 'from', 'until', 'with', 'without'] as const;

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [
	{
		name: 'up', arguments: '[profile]', argumentSummary: 'a name, or a YAML file', summary: 'plan, show the plan, do it; resumes by itself after any failure',
		flags: [...target, 'k2hr3Url', ...selection, 'yes', 'offline', 'dryRun', 'fresh', 'json', 'events', ...common],
		examples: ['up', 'up --machine ssh://root@192.0.2.10', 'up --only keystone'],
	},
	{
		name: 'plan', arguments: '[profile]', argumentSummary: 'a name, or a YAML file', summary: 'what `up` would do and why; changes nothing',
		flags: [...target, 'k2hr3Url', ...selection, 'offline', 'fresh', 'explain', 'detailedExitcode', 'json', ...common],
	},
	{
		name: 'status', summary: 'verify every step now; endpoints, credentials, next commands',
		flags: [...target, 'k2hr3Url', 'with', 'without', 'detailedExitcode', 'json', ...common],
	},
	{
		name: 'doctor', arguments: '[profile]', argumentSummary: 'a name, or a YAML file', summary: 'all checks of the machine, each with its remedy',
		flags: [...target, 'with', 'without', 'offline', 'json', ...common],
	},
	{
		name: 'fetch', arguments: '[profile]', argumentSummary: 'a name, or a YAML file', summary: 'download every source ahead, for slow links and offline machines',
		flags: [...target, 'with', 'without', 'dryRun', 'fresh', 'json', 'events', ...common],
		examples: ['fetch', 'fetch --with images', 'up --with images --offline'],
	},
	{
		name: 'down', summary: 'take the environment back, as deep as --depth says',
		flags: ['depth', ...target, 'yes', 'dryRun', 'json', 'events', ...common],
		examples: ['down', 'down --depth everything --yes'],
	},
	{
		name: 'logs', arguments: '[step]', argumentSummary: 'a step, guest:NAME or k2hr3; without it the whole run', summary: 'the log of the last run or of one of its steps; console and journal of a guest or of the K2HR3 server',
		flags: ['follow', 'name', 'profile', 'machine', 'set', 'with', 'without', 'json', ...common],
		examples: ['logs', 'logs keystone --follow', 'logs guest:server1'],
	},
	{
		name: 'openstack', arguments: '[arguments...]', argumentSummary: 'as for the openstack client', summary: 'the openstack client inside the environment, with credentials', passThrough: true,
		flags: [...target, ...common], examples: ['openstack -- datastore version list k2hdkc'],
	},
	{
		name: 'shell', arguments: '[guest]', argumentSummary: 'guest:NAME; without it the machine', summary: 'a shell on the machine, or in a guest',
		flags: [...target, 'with', 'without', ...common], examples: ['shell', 'shell guest:server1'],
	},
	{
		name: 'images', summary: 'the images that instances and K2HR3 are made from', flags: [], subcommands: [
			{name: 'list', summary: 'what is built, and whether it is up to date', flags: [...target, 'json', ...common]},
			{name: 'build', arguments: '[image]', argumentSummary: 'guest, database, backup or k2hr3; without it all', argumentChoices: ['guest', 'database', 'backup', 'k2hr3'], summary: 'build what is missing or out of date', flags: [...target, 'offline', 'dryRun', 'fresh', 'json', 'events', ...common]},
			{name: 'push', arguments: '[image]', argumentSummary: 'database or backup; without it database', argumentChoices: ['database', 'backup'], summary: 'copy a container image to a registry outside', flags: [...target, 'to', 'credentials', 'latest', 'overwrite', 'json', ...common], examples: ['images push database --to registry.example.com/team/k2hdkc-trove']},
			{name: 'register', arguments: '[image]', argumentSummary: 'guest, database, backup or k2hr3; without it all', argumentChoices: ['guest', 'database', 'backup', 'k2hr3'], summary: 'put what is built into Glance and the registry, where it is looked for', flags: [...target, 'file', 'offline', 'dryRun', 'json', 'events', ...common], examples: ['images register', 'images register guest --file guest.qcow2']},
		],
	},
	{
		name: 'datastore', summary: 'the k2hdkc datastore in Trove', flags: [], subcommands: [
			{name: 'list', summary: 'the datastore versions that Trove offers', flags: [...target, 'json', ...common]},
			{name: 'register', summary: 'register the datastore versions of the configuration again', flags: [...target, 'json', 'events', ...common]},
		],
	},
	{
		name: 'k2hr3', summary: 'the system that tells the nodes of a cluster of each other', flags: [], subcommands: [
			{name: 'up', summary: 'build and start it as a server of the environment, from sources.k2hr3', flags: [...target, 'yes', 'offline', 'dryRun', 'json', 'events', ...common], examples: ['k2hr3 up --set sources.k2hr3=directory:/opt/k2hr3']},
			{name: 'register', arguments: '<cluster>', argumentSummary: 'its name', summary: 'register a cluster by hand, or set its values again; Trove does it for its own', flags: [...target, 'k2hr3Url', 'project', 'value', 'renew', 'json', ...common], examples: ['k2hr3 register ring --project demo --value chmpx-replica=2']},
			{name: 'status', arguments: '[cluster]', argumentSummary: 'its name; without it K2HR3 itself', summary: 'the nodes of a cluster, their addresses and how long its tokens are valid', flags: [...target, 'k2hr3Url', 'project', 'json', ...common]},
			{name: 'slave', arguments: '<cluster>', argumentSummary: 'its name', summary: 'user data for a server that becomes a slave node, where client programs run; holds a token', flags: [...target, 'k2hr3Url', 'project', 'json', ...common]},
			{name: 'down', summary: 'give back its server, addresses, groups, image and proxy; what is registered in it goes', flags: [...target, 'yes', 'json', 'events', ...common]},
		],
	},
	{
		name: 'patches', summary: 'what is changed in the source of Trove', flags: [], subcommands: [
			{name: 'list', summary: 'the patches and what they are for', flags: ['json', ...common]},
			{name: 'check', summary: 'prove that the patch applies to the Trove sources of each release', flags: ['patchRelease', 'profile', 'set', 'json', ...common]},
		],
	},
	{
		name: 'config', summary: 'the merged configuration', flags: [], subcommands: [
			{name: 'show', arguments: '[path]', argumentSummary: 'only this part, e.g. openstack.networks', summary: 'every value and which layer gave it; secrets are masked', flags: [...target, 'with', 'without', 'json', ...common]},
			{name: 'check', arguments: '[profile]', argumentSummary: 'a name, or a YAML file', summary: 'look for mistakes in the configuration', flags: [...target, 'with', 'without', 'json', ...common]},
		],
	},
	{name: 'unlock', summary: 'show who holds the lock of the environment, and remove a stale one', flags: [...target, 'yes', 'json', ...common]},
	{name: 'support-bundle', summary: 'logs, state and checks in one archive, without secrets', flags: [...target, 'output', 'json', ...common]},
	{name: 'completion', summary: 'a script for bash and zsh that completes this command line', flags: [...common], examples: ['completion']},
	{name: 'version', summary: 'the versions of the tool and of Node', flags: ['json', ...common]},
];
