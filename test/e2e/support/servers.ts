import {setTimeout as sleep} from 'node:timers/promises';
import type {Cloud} from './cloud.js';

export type Server = {
	readonly id: string;
	readonly name: string;
	readonly status: string;
	readonly 'OS-EXT-STS:task_state': string | null;
	readonly 'OS-EXT-STS:power_state': number;
	readonly addresses: Readonly<Record<string, ReadonlyArray<{readonly addr: string; readonly 'OS-EXT-IPS:type': string}>>>;
	readonly fault?: {readonly message: string};
};

type Thing = {readonly id: string; readonly name: string; readonly status: string};

const ports = {compute: 8774, image: 9292, network: 9696, volume: 8776} as const;

/** Seconds that anything may take on a busy machine. */
const patience = 300;

/** Asks until the answer will do. */
export const until = async <T>(what: string, ask: () => Promise<T | undefined>, seconds = patience): Promise<T> => {
	const end = Date.now() + (seconds * 1000);
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) {
			return answer;
		}

		if (Date.now() > end) {
			throw new Error(`${what}: not after ${seconds} s`);
		}

		await sleep(300);
	}
};

/** What the tests ask of Nova, Neutron, Glance and Cinder; nothing goes past their API. */
export const openServers = (cloud: Cloud) => {
	const ask = async <T>(port: number, place: string, wanted: {readonly method?: string; readonly body?: unknown} = {}): Promise<T> => {
		const {status, body} = await cloud.ask(port, place, wanted);
		if (status >= 400) {
			throw new Error(`${wanted.method ?? 'GET'} ${place} answered ${status}: ${JSON.stringify(body)}`);
		}

		return body as T;
	};

	const post = async <T>(port: number, place: string, body: unknown): Promise<T> => ask(port, place, {method: 'POST', body});
	const volumes = `/v3/${cloud.project}/volumes`;
	const serverOf = async (id: string): Promise<Server | undefined> => {
		const {status, body} = await cloud.ask(ports.compute, `/v2.1/servers/${id}`);
		return status === 404 ? undefined : (body as {server: Server}).server;
	};

	const named = async (kind: 'network' | 'subnet' | 'router' | 'port' | 'floatingip', query: string): Promise<Array<Record<string, string>>> => {
		const path = `${kind}s`;
		return (await ask<Record<string, Array<Record<string, string>>>>(ports.network, `/v2.0/${path}?${query}`))[path]!;
	};

	const findImage = async (name: string): Promise<string | undefined> =>
		(await ask<{images: readonly Thing[]}>(ports.image, `/v2/images?name=${name}`)).images[0]?.id;

	return {
		serverOf, named,
		async list(): Promise<readonly Server[]> {
			return (await ask<{servers: readonly Server[]}>(ports.compute, '/v2.1/servers/detail?all_tenants=1')).servers;
		},
		/** Uploads a tar of a root file system as the image of servers. */
		async addImage(file: string, image: object): Promise<string> {
			const {id} = await post<{id: string}>(ports.image, '/v2/images', {container_format: 'bare', disk_format: 'raw', visibility: 'public', ...image});
			await cloud.upload(ports.image, `/v2/images/${id}/file`, file);
			return id;
		},
		findImage,
		async imageId(name: string): Promise<string> {
			return (await findImage(name))!;
		},
		async removeImage(id: string): Promise<void> {
			await ask(ports.image, `/v2/images/${id}`, {method: 'DELETE'});
		},
		/** When nova-compute last said that it is there, in milliseconds since 1970. */
		async computeReported(): Promise<number> {
			const {services} = await ask<{services: ReadonlyArray<{updated_at: string | null; state: string}>}>(ports.compute, '/v2.1/os-services?binary=nova-compute');
			return Date.parse(`${services[0]?.updated_at ?? '1970-01-01T00:00:00'}Z`.replace(/\.\d+Z$/, 'Z'));
		},
		async addKey(name: string, publicKey: string): Promise<void> {
			await post(ports.compute, '/v2.1/os-keypairs', {keypair: {name, public_key: publicKey}});
		},
		async removeKey(name: string): Promise<void> {
			await ask(ports.compute, `/v2.1/os-keypairs/${name}`, {method: 'DELETE'});
		},
		async create(server: object): Promise<string> {
			return (await post<{server: {id: string}}>(ports.compute, '/v2.1/servers', {server})).server.id;
		},
		async action(id: string, action: object): Promise<unknown> {
			return post(ports.compute, `/v2.1/servers/${id}/action`, action);
		},
		/** Until Nova does nothing with it any more. */
		async settled(id: string, wanted?: string): Promise<Server> {
			return until(`server ${id} is ${wanted ?? 'settled'}`, async () => {
				const server = await serverOf(id);
				if (server?.status === 'ERROR' && wanted !== undefined && wanted !== 'ERROR') {
					throw new Error(`server ${server.name} is in ERROR: ${server.fault?.message ?? ''}`);
				}

				const idle = server?.['OS-EXT-STS:task_state'] === null && server.status !== 'BUILD';
				return idle && (wanted === undefined || server.status === wanted) ? server : undefined;
			});
		},
		/** Asks for it and does not wait. */
		async removal(id: string): Promise<void> {
			await ask(ports.compute, `/v2.1/servers/${id}`, {method: 'DELETE'});
		},
		async remove(id: string): Promise<void> {
			await ask(ports.compute, `/v2.1/servers/${id}`, {method: 'DELETE'});
			await until(`server ${id} is gone`, async () => await serverOf(id) === undefined ? true : undefined);
		},
		async portOf(id: string): Promise<Record<string, string>> {
			return (await named('port', `device_id=${id}`))[0]!;
		},
		/** A floating address for the server's port. */
		async publish(portId: string, networkId: string): Promise<{readonly id: string; readonly address: string}> {
			const {floatingip} = await post<{floatingip: {id: string; floating_ip_address: string}}>(ports.network, '/v2.0/floatingips', {floatingip: {floating_network_id: networkId, port_id: portId}});
			return {id: floatingip.id, address: floatingip.floating_ip_address};
		},
		async withdraw(id: string): Promise<void> {
			await ask(ports.network, `/v2.0/floatingips/${id}`, {method: 'DELETE'});
		},
		async addGroup(name: string): Promise<string> {
			return (await post<{security_group: {id: string}}>(ports.network, '/v2.0/security-groups', {security_group: {name}})).security_group.id;
		},
		async groups(name: string): Promise<readonly Thing[]> {
			return (await ask<{security_groups: readonly Thing[]}>(ports.network, `/v2.0/security-groups?name=${name}`)).security_groups;
		},
		async removeGroup(id: string): Promise<void> {
			await ask(ports.network, `/v2.0/security-groups/${id}`, {method: 'DELETE'});
		},
		async allow(group: string, rule: object): Promise<string> {
			const {security_group_rule: {id}} = await post<{security_group_rule: {id: string}}>(ports.network, '/v2.0/security-group-rules', {security_group_rule: {security_group_id: group, direction: 'ingress', ethertype: 'IPv4', ...rule}});
			return id;
		},
		async forbid(rule: string): Promise<void> {
			await ask(ports.network, `/v2.0/security-group-rules/${rule}`, {method: 'DELETE'});
		},
		async addVolume(name: string, size: number): Promise<string> {
			const {volume: {id}} = await post<{volume: Thing}>(ports.volume, volumes, {volume: {name, size}});
			return id;
		},
		async volume(id: string, wanted: string): Promise<void> {
			await until(`volume ${id} is ${wanted}`, async () => {
				const {volume} = await ask<{volume: Thing}>(ports.volume, `${volumes}/${id}`);
				return volume.status === wanted ? true : undefined;
			});
		},
		async attach(server: string, volume: string): Promise<void> {
			await post(ports.compute, `/v2.1/servers/${server}/os-volume_attachments`, {volumeAttachment: {volumeId: volume}});
		},
		async detach(server: string, volume: string): Promise<void> {
			await ask(ports.compute, `/v2.1/servers/${server}/os-volume_attachments/${volume}`, {method: 'DELETE'});
		},
		async removeVolume(id: string): Promise<void> {
			await ask(ports.volume, `${volumes}/${id}`, {method: 'DELETE'});
			await until(`volume ${id} is gone`, async () => (await cloud.ask(ports.volume, `${volumes}/${id}`)).status === 404 ? true : undefined);
		},
		async volumes(): Promise<readonly Thing[]> {
			return (await ask<{volumes: readonly Thing[]}>(ports.volume, `${volumes}?all_tenants=1`)).volumes;
		},
	};
};

export type Servers = ReturnType<typeof openServers>;

/** The one address of that kind. */
export const addressOf = ({addresses}: Server, kind: 'fixed' | 'floating' = 'fixed'): string =>
	Object.values(addresses).flat().find(address => address['OS-EXT-IPS:type'] === kind)?.addr ?? '';
