import {inGuest} from './machine.js';

const file = '/var/lib/antpickax/k2hdkc/k2hdkc.k2h';

/** The words of k2hlinetool, in the container of the node on that server. The same for the stand-in and the real program. */
const tool = async (server: string, commands: readonly string[]): Promise<string> => {
	const script = [...commands, 'exit', ''].join('\n');
	return inGuest(server, `docker exec --interactive database sh -c "cat >/tmp/commands; k2hlinetool -f ${file} -run /tmp/commands" <<END\n${script}END`);
};

const numbers = (count: number, from = 1): number[] => Array.from({length: count}, (_, index) => from + index);

/** Puts so many keys, beginning with key-FROM, straight into the database of one node: the ring is not asked. */
export const putKeys = async (server: string, count: number, from = 1): Promise<void> => {
	await tool(server, numbers(count, from).map(number => `set key-${number} value-${number}`));
};

/** How many of key-1 to key-COUNT the database of one node has. */
export const countKeys = async (server: string, count: number): Promise<number> => {
	const said = await tool(server, numbers(count).map(number => `print key-${number}`));
	return numbers(count).filter(number => new RegExp(`key-${number}"? => "?value-${number}\\b`).test(said)).length;
};

/** What the node of a server runs with, by what follows from it: `chmpx-max-mq-client` and eight more. */
export const queueLimit = async (server: string): Promise<string> => (await inGuest(server, 'docker exec database cat /proc/sys/fs/mqueue/msg_max')).trim();
