import type {DevstackPaths, DevstackStep} from './devstackEnv.js';
import {recordedScript, type RecordPlaces} from './hostRecordScripts.js';
import {restoreScript} from './hostRestoreScript.js';

/** Where stack.sh, its plugins and the packages that they install leave things. What lies in DevStack's own directory was made by them or has a step of its own. */
const places = ({directory}: Pick<DevstackPaths, 'directory'>): RecordPlaces => ({
	deep: ['/etc', '/usr/local'],
	shallow: ['/opt', '/var/lib', '/var/cache', '/var/log', directory],
});

const recordOf = ({environment}: Pick<DevstackPaths, 'environment'>): string => `${environment}/host`;

/** The words that run a command which changes the machine, and note what. They run as root. */
export const recorded = (paths: DevstackPaths, argv: readonly string[]): readonly string[] =>
	['sh', '-euc', recordedScript(places(paths)), 'sh', recordOf(paths), ...argv];

/** Nothing of the machine is changed by this step: stack.sh is run in a way that notes what it changes. This takes it back. `before`: steps whose changes are not stack.sh's. */
export const hostRecord = (before: readonly string[]): DevstackStep => ({
	id: 'devstack.host',
	stage: 'machine',
	title: 'Record of what stack.sh changes of the machine',
	needs: ['devstack.user', ...before],
	inputs: () => ({}),
	async probe({env: {host, paths}}) {
		const record = recordOf(paths);
		const {code} = await host.run(['test', '-d', record], {allow: [0, 1]});
		return code === 0 ? {state: 'present', evidence: `it is in ${record}`} : {state: 'absent', evidence: `${record} is not there`};
	},
	async apply({env: {host, paths}}) {
		await host.run(['install', '-d', '-m', '700', recordOf(paths)]);
	},
	undo: {
		depth: 'everything',
		async undo({env: {host, paths}, job}) {
			await job(host, ['sh', '-euc', restoreScript(places(paths)), 'sh', recordOf(paths)]);
			await host.run(['rm', '-rf', '--', recordOf(paths)]);
		},
	},
	phase: line => /^left: .*/.exec(line)?.[0],
	own: true,
	timeout: 1800,
	idleTimeout: 900,
	expected: 1,
});
