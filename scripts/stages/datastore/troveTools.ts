import type {Machine} from '../../machines/types.js';

/** How Trove's database and its program for administrators are reached on a machine. */
export type TroveTools = {
	/** Gives the first column of all rows that SQL statements select, a line each. Each statement ends a line with a semicolon. */
	readonly query: (sql: string) => Promise<string>;
	/** Runs trove-manage. @throws CommandError */
	readonly manage: (args: readonly string[]) => Promise<void>;
};

/** Those of Debian's packages: root of the machine is the administrator of its MariaDB. */
export const packagedTrove = (machine: Pick<Machine, 'run'>): TroveTools => ({
	async query(sql) {
		const {stdout} = await machine.run(['mariadb', '--batch', '--raw', '--skip-column-names', 'trove'], {input: sql, timeout: 60});
		return stdout;
	},
	async manage(args) {
		await machine.run(['runuser', '-u', 'trove', '--', 'trove-manage', ...args], {timeout: 300, idleTimeout: 300});
	},
});
