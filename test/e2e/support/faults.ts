import {setTimeout as sleep} from 'node:timers/promises';
import {inGuest, inside} from './machine.js';
import {until, type Servers} from './servers.js';

/** What goes wrong around a cluster, and comes back by itself or by its operator. */
export type Fault = {
	readonly name: string;
	/** `server`: the one that it happens to, where it happens to one. */
	readonly happens: (servers: Servers, server: string) => Promise<void>;
};

const signalSupervisor = (signal: 'STOP' | 'CONT'): string => String.raw`docker exec database sh -c "kill -${signal} \$(cat /run/k2hdkctrove/supervisor.pid)"`;

/** Holds what runs a node: when the node is asked to leave its ring, whoever asks waits. */
export const holdNode = async (server: string): Promise<void> => {
	await inGuest(server, signalSupervisor('STOP'));
};

/** Until a node that is held is asked to leave its ring. */
export const askedToLeave = async (server: string): Promise<void> => {
	await inGuest(server, 'for second in $(seq 120); do docker exec database test -e /run/k2hdkctrove/leave-seconds && exit; sleep 1; done; exit 1');
};

/** A node that is held goes on. One that a fault has ended meanwhile starts anew. */
export const releaseNode = async (server: string): Promise<void> => {
	await inGuest(server, `${signalSupervisor('CONT')} || true`);
};

/** Holds a container of the guest agent's as soon as it is there, which may be before docker is: it works for seconds only. */
export const holdContainer = async (server: string, container: string): Promise<void> => {
	await inGuest(server, `for tenth in $(seq 1800); do docker pause ${container} 2>/dev/null && exit; sleep 0.1; done; exit 1`);
};

/** A guest that has just been started takes no commands yet. */
const whenItTakesCommands = async (server: string, command: string): Promise<void> => {
	await until('the guest takes commands', async () => inGuest(server, `${command} || true`).then(() => true, () => undefined));
};

/** A container that is held goes on, unless a fault has ended it. */
export const releaseContainer = async (server: string, container: string): Promise<void> => whenItTakesCommands(server, `docker unpause ${container}`);

const signalAgent = (signal: 'STOP' | 'CONT'): string => `systemctl kill --signal=${signal} guest-agent.service`;

/** Holds a guest agent: whoever asks it for something waits. */
export const holdAgent = async (server: string): Promise<void> => {
	await inGuest(server, signalAgent('STOP'));
};

/** A guest agent that is held goes on. */
export const releaseAgent = async (server: string): Promise<void> => whenItTakesCommands(server, signalAgent('CONT'));

/** A service of the control plane is killed, is away for a while, and is started again. */
const killed = (unit: string, seconds: number) => async (): Promise<void> => {
	await inside(`systemctl kill --signal=KILL ${unit}`);
	await sleep(seconds * 1000);
	await inside(`systemctl reset-failed ${unit}; systemctl start ${unit}`);
};

export const taskManagerKilled: Fault = {name: 'the task manager is killed', happens: killed('trove-taskmanager', 3)};
export const apiKilled: Fault = {name: 'trove-api is killed', happens: killed('trove-api', 3)};
export const rabbitKilled: Fault = {name: 'RabbitMQ is killed', happens: killed('rabbitmq-server', 3)};

/** Not by `docker kill`, after which docker starts nothing again. One that is still to come is waited for. */
const killContainer = (container: string) => async (_: Servers, server: string): Promise<void> => {
	await inGuest(server, `for second in $(seq 120); do kill -KILL $(docker inspect --format "{{.State.Pid}}" ${container}) && exit; sleep 1; done; exit 1`);
};

export const containerKilled: Fault = {name: 'the container is killed', happens: killContainer('database')};
export const backupKilled: Fault = {name: 'its container is killed', happens: killContainer('db_backup')};
export const restoreKilled: Fault = {name: 'its container is killed', happens: killContainer('db_restore')};

export const dockerRestarted: Fault = {
	name: 'dockerd is restarted',
	async happens(_, server) {
		await inGuest(server, 'systemctl restart docker');
	},
};

/** Its operator starts it again. */
export const guestStopped: Fault = {
	name: 'the guest is stopped',
	async happens(servers, server) {
		await servers.action(server, {'os-stop': null});
		await servers.settled(server, 'SHUTOFF');
		await servers.action(server, {'os-start': null});
		await servers.settled(server, 'ACTIVE');
	},
};
