import {userRun, type Contract, type Run} from './contract.js';

/** The last line is what Trove reads. */
const lastLineOf = (command: string): string => `sh -c '"$@" >/tmp/all 2>&1; code=$?; tail -n 1 /tmp/all; exit $code' sh ${command}`;

/** Nothing listens there, and Keystone's client says so at once. Swift's would try again for half a minute, but knows no such scheme. */
const nowhere = 'http://127.0.0.1:1';
const noSwift = 'unsupported://127.0.0.1:1';

const byKeystone = `--os-token=contract-check --os-auth-url=${nowhere}/v3 --os-tenant-id=contract-check --os-region-name=RegionOne`;
const bySwift = `--os-token=contract-check --swift-url=${noSwift}/v1/AUTH_check --swift-api-insecure`;
const making = '--backup --backup-id=contract-check --storage-driver=swift --driver=k2hdkc --db-host=localhost --db-user=os_admin --db-password=contract-check --swift-extra-metadata=datastore:k2hdkc --swift-container=check';
const loading = `--nobackup --storage-driver=swift --driver=k2hdkc --restore-from=${nowhere}/v1/AUTH_check/check/check.tar.gz --restore-checksum=0`;

const releases: ReadonlyArray<readonly [name: string, python: string, credentials: string]> = [
	['2024.1', '/usr/bin/python3', byKeystone],
	['2025.2', 'python3', byKeystone],
	['2026.2', 'python3', bySwift],
];

const commandLines: readonly Run[] = releases.flatMap(([name, python, credentials]) => [
	{
		name: `backup-${name}`, command: lastLineOf(`${python} main.py ${credentials} ${making}`), code: 1, says: /^failed: .*no database/i,
		what: `the backup that guest agents from ${name} on ask for does not end with 1 and say that there is no database`,
	},
	{
		name: `restore-${name}`, command: lastLineOf(`${python} main.py ${credentials} ${loading}`), code: 1, says: /^failed: .*(?:connection|unsupported scheme)/i,
		what: `the restore that guest agents from ${name} on ask for does not end with 1 and say that Keystone or Swift cannot be reached`,
	},
]);

/** What the guest agents of all releases rely on. */
export const backupContract = (version: string): Contract => ({
	version,
	ports: [],
	entrypoint: '--',
	workingDirectory: '/opt/trove',
	health: {test: /^NONE$/, what: 'it has a health check, although it runs once and ends'},
	sizeBudget: 600,
	runs: [
		userRun,
		{name: 'bare', command: lastLineOf('python3 main.py'), code: 1, says: /^Failed: /, what: 'main.py without arguments does not end with 1 and say why'},
		{name: 'wrong', command: lastLineOf('python3 main.py --no-such-option'), code: 2, says: /unrecognized arguments/, what: 'main.py does not refuse an unknown option with 2'},
		...commandLines,
	],
});
