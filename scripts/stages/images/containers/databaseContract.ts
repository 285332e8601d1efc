import {userRun, type Contract} from './contract.js';

const entrypoint = '/usr/libexec/k2hdkctrove.sh';

/** What the guest agent and a node rely on. */
export const databaseContract = (version: string): Contract => ({
	version,
	ports: ['8020/tcp', '8021/tcp', '8031/tcp'],
	entrypoint,
	health: {test: /k2hdkctrove\.sh status/, what: 'it has no health check that asks for the status'},
	sizeBudget: 400,
	runs: [
		userRun,
		{name: 'chmpx', command: 'chmpx -v', code: 0, says: /./, what: 'chmpx does not run'},
		{name: 'k2hdkc', command: 'k2hdkc -v', code: 0, says: /./, what: 'k2hdkc does not run'},
		{name: 'status', command: `${entrypoint} status`, code: 0, says: /^RUNNING$/, what: 'the command status does not print RUNNING'},
		{name: 'start', command: `${entrypoint} start`, code: 3, says: /cluster_name/, what: 'start without an environment does not end with 3 and name what is missing'},
		{name: 'backup', command: `${entrypoint} backup`, code: 1, says: /no database/i, what: 'backup without a database does not end with 1 and say so'},
		{name: 'usage', command: `${entrypoint} nothing`, code: 2, says: /nothing/, what: 'a wrong command does not end with 2 and name it'},
		{
			name: 'writable', code: 0, says: /^$/, what: 'its user cannot write to its directories',
			command: 'sh -c \'for place in /etc/antpickax /run/k2hdkctrove /var/lib/antpickax/k2hdkc; do touch "$place/try" && rm "$place/try" || exit; done\'',
		},
	],
});
