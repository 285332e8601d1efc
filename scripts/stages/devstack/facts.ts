import {usedRanges} from '../addresses.js';

/** What profile `devstack` wants to know of a machine. */
export type MachineFacts = {
	/** ID, VERSION_ID and PRETTY_NAME of /etc/os-release. */
	readonly system: {readonly id: string; readonly version: string; readonly title: string};
	/** As `uname -m` says it. */
	readonly architecture: string;
	readonly cpus: number;
	readonly virtualisation: {
		/** What the processor shows for it. */
		readonly flag?: 'vmx' | 'svm';
		/** /dev/kvm is there. */
		readonly kvm: boolean;
		/** Whether its servers may have servers of their own; undefined without the module. */
		readonly nesting?: boolean;
		/** What it runs in, as systemd-detect-virt names them; undefined for none. */
		readonly container?: string;
		readonly hypervisor?: string;
	};
	/** All there is, MiB. */
	readonly memoryMiB: number;
	/** Of the file system that will hold the checkouts. */
	readonly disk: {readonly freeMiB: number; readonly mountedOn: string};
	/** Its name, and the addresses that this name has for the machine itself. */
	readonly name: {readonly host: string; readonly addresses: readonly string[]};
	readonly nameServers: readonly string[];
	/** Seconds ahead of the tool's machine; whether something keeps the clock right, where that can be told. */
	readonly clock: {readonly offset: number; readonly synchronised?: boolean};
	readonly user: {readonly name: string; readonly rights: 'root' | 'sudo' | 'none'};
	/** IPv4, by network interface. */
	readonly addresses: ReadonlyArray<{readonly device: string; readonly address: string}>;
	/** Interfaces with a default route. */
	readonly defaultDevices: readonly string[];
	/** Ranges that have a route. */
	readonly ranges: readonly string[];
	/** TCP ports that something listens on; `program` is known to root alone. */
	readonly listeners: ReadonlyArray<{readonly port: number; readonly program?: string}>;
	/** Units of systemd that are active. */
	readonly units: readonly string[];
	/** Programs that are needed before DevStack installs its own, and are not there. */
	readonly missing: readonly string[];
	/** This environment has begun to build here: what it needs may be taken by itself. */
	readonly ours: boolean;
	/** Files that a DevStack leaves behind. */
	readonly traces: readonly string[];
};

/** Splits what the script of gather.ts prints: each part begins with a line `== NAME`. */
const partsOf = (output: string): ReadonlyMap<string, string> => new Map(`\n${output}`.split('\n== ').slice(1).map(part => {
	const end = part.indexOf('\n');
	return end === -1 ? [part, ''] : [part.slice(0, end), part.slice(end + 1).trim()];
}));

const linesOf = (text: string): string[] => text.split('\n').map(line => line.trim()).filter(line => line !== '');

const variableOf = (text: string, name: string): string => new RegExp(`^${name}=["']?(.*?)["']?$`, 'm').exec(text)?.[1] ?? '';

const systemOf = (release: string): MachineFacts['system'] => {
	const [id, version] = [variableOf(release, 'ID'), variableOf(release, 'VERSION_ID')];
	return {id, version, title: variableOf(release, 'PRETTY_NAME') || `${id} ${version}`.trim() || 'an unknown system'};
};

/** `systemd-detect-virt` says `none` for none. */
const surroundings = (word: string): string | undefined => word === '' || word === 'none' ? undefined : word;

const virtualisationOf = (part: (name: string) => string): MachineFacts['virtualisation'] => {
	const [flag, nesting] = [part('flag'), part('nesting')];
	const [container, hypervisor] = [surroundings(part('container')), surroundings(part('hypervisor'))];
	return {
		kvm: part('kvm') === 'yes',
		...(flag === 'vmx' || flag === 'svm' ? {flag} : {}),
		...(nesting === '' ? {} : {nesting: /^[Y1]/.test(nesting)}),
		...(container === undefined ? {} : {container}),
		...(hypervisor === undefined ? {} : {hypervisor}),
	};
};

/** Lines of `ip -4 -oneline address show scope global`. */
const addressesOf = (text: string): MachineFacts['addresses'] => linesOf(text).flatMap(line => {
	const [, device, address] = /^\d+:\s+(\S+)\s+inet\s+([\d.]+)/.exec(line) ?? [];
	return device === undefined || address === undefined ? [] : [{device, address}];
});

/** Lines of `ss --no-header --listening --tcp --numeric --processes`, each port once. */
const listenersOf = (text: string): MachineFacts['listeners'] => {
	const found = linesOf(text).flatMap(line => {
		const port = Number(/:(\d+)$/.exec(line.split(/\s+/)[3] ?? '')?.[1] ?? Number.NaN);
		const program = /users:\(\("([^"]+)"/.exec(line)?.[1];
		return Number.isNaN(port) ? [] : [{port, ...(program === undefined ? {} : {program})}];
	});
	return [...new Map(found.map(listener => [listener.port, listener])).values()];
};

type Route = {readonly dst?: string; readonly dev?: string};

const rightsOf = (uid: string, sudo: string): MachineFacts['user']['rights'] => {
	if (uid === '0') {
		return 'root';
	}

	return sudo === 'yes' ? 'sudo' : 'none';
};

/** Reads what the script printed. `now`: seconds since 1970 on the tool's machine when it did. What is missing in it is as if there were none. */
export const parseFacts = (output: string, now: number): MachineFacts => {
	const parts = partsOf(output);
	const part = (name: string): string => parts.get(name) ?? '';
	const routes = JSON.parse(part('routes') || '[]') as readonly Route[];
	const [freeMiB = '0', mountedOn = '/'] = part('disk').split(/\s+/);
	const synchronised = part('synchronised');
	return {
		system: systemOf(part('system')),
		architecture: part('architecture'),
		cpus: Number(part('cpus')),
		virtualisation: virtualisationOf(part),
		memoryMiB: Math.floor(Number(/^MemTotal:\s+(\d+)/m.exec(part('memory'))?.[1] ?? 0) / 1024),
		disk: {freeMiB: Number(freeMiB), mountedOn},
		name: {host: part('host'), addresses: [...new Set(linesOf(part('host-addresses')))]},
		nameServers: [...new Set(linesOf(part('name-servers')))],
		clock: {offset: Math.round(Number(part('time')) - now), ...(synchronised === '' ? {} : {synchronised: synchronised === 'yes'})},
		user: {name: part('user'), rights: rightsOf(part('uid'), part('sudo'))},
		addresses: addressesOf(part('addresses')),
		defaultDevices: [...new Set(routes.flatMap(({dst, dev}) => dst === 'default' && dev !== undefined ? [dev] : []))],
		ranges: [...new Set(usedRanges(routes).filter(range => /^\d+\./.test(range)))],
		listeners: listenersOf(part('listeners')),
		units: linesOf(part('units')),
		missing: linesOf(part('missing')),
		ours: part('ours') === 'yes',
		traces: linesOf(part('traces')),
	};
};
