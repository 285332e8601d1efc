import type {Check, CheckResult} from '../../commands/environment.js';
import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import {rangesOverlap} from '../addresses.js';
import {fail, pass, warn} from '../checkResult.js';
import {conflicts, ports, underWay} from './conflicts.js';
import type {MachineFacts} from './facts.js';
import {hostAddress} from './hostAddress.js';
import type {Judge, Wanted} from './judge.js';
import {k2hr3Ports} from './place.js';
import {size} from './size.js';
import {devstackPorts, devstackRelease, knownSystems, systemName, type DevstackRelease} from './support.js';
import {virtualisation} from './virtualisation.js';

export type Finding = Pick<Check, 'id' | 'title' | 'stage'> & CheckResult;

const stage = 'machine';

/** The titles of the systems of a release that this tool knows. */
const supported = ({systems}: DevstackRelease): string => {
	const known = knownSystems();
	return systems.flatMap(name => known[name]?.title ?? []).join(', ');
};

const system: Judge = {
	id: 'system', title: 'Distribution', stage,
	judge({system: found, architecture}, {release, support, devstack: {anySystem}}) {
		const name = systemName(found);
		if (name === undefined || !support.systems.includes(name)) {
			const sentence = `the machine runs ${found.title}; for release ${release} DevStack is supported on ${supported(support)}`;
			return anySystem
				? warn(`${sentence}. devstack.anySystem lets it pass`, 'Nobody has tried it: be ready for failures, or use one of these systems.')
				: fail('K2D3009', sentence, 'Use a machine with one of these, here or with --machine, or another release with --release. To try it all the same: --set devstack.anySystem=true.');
		}

		return ['x86_64', 'aarch64'].includes(architecture) ? pass(`${found.title}, ${architecture}`) : warn(`${found.title} on ${architecture}`, 'DevStack is made for x86_64 and aarch64.');
	},
};

const name: Judge = {
	id: 'name', title: 'Host name', stage,
	judge({name: {host, addresses}}) {
		if (!/^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(host) || /^localhost(?:\.|$)/.test(host)) {
			return fail('K2D3014', `the machine calls itself "${host}"`, 'Give it a name of letters, digits and hyphens, other than localhost: hostnamectl set-hostname NAME.');
		}

		return addresses.length > 0
			? pass(`${host} is ${addresses.join(', ')}`)
			: warn(`${host} has no address on the machine itself`, `RabbitMQ and sudo ask for it: add the line "127.0.1.1 ${host}" to /etc/hosts.`);
	},
};

const nameServers: Judge = {
	id: 'dns', title: 'Name servers', stage: 'sources',
	judge: ({nameServers: found}) => found.length > 0
		? pass(found.join(', '))
		: warn('/etc/resolv.conf names none', 'Sources that are named by host, and guests, need one: set it in the configuration of the network.'),
};

const clock: Judge = {
	id: 'clock', title: 'Clock', stage: 'sources',
	judge({clock: {offset, synchronised}}) {
		const remedy = 'Keep it right with timedatectl set-ntp true: signatures and tokens depend on it.';
		if (Math.abs(offset) >= 60) {
			return warn(`differs from this machine by ${Math.abs(offset)} s`, remedy);
		}

		return synchronised === false ? warn('agrees with this machine, but nothing keeps it right', remedy) : pass('agrees with this machine');
	},
};

const rights: Judge = {
	id: 'rights', title: 'Right to build', stage,
	judge({user: {name: user, rights: found}}) {
		if (found === 'root') {
			return pass('commands run as root');
		}

		return fail('K2D3002', `commands run as user ${user}`, found === 'sudo'
			? 'That user may use sudo: run the tool with it, or let root log in: sudo install -D -m 600 ~/.ssh/authorized_keys /root/.ssh/authorized_keys, then --machine ssh://root@HOST.'
			: 'Run the tool as root (sudo -i), or log in as root: --machine ssh://root@HOST.');
	},
};

const programs: Judge = {
	id: 'programs', title: 'Programs', stage,
	judge: ({missing}) => missing.length === 0
		? pass('those are there that come before DevStack\'s own')
		: fail('K2D3005', `${missing.join(', ')} not there`, 'Install them: apt-get install --yes git sudo, or dnf install --assumeyes git sudo.'),
};

const ranges: Judge = {
	id: 'ranges', title: 'Networks', stage,
	judge({ranges: used, ours}, {devstack}) {
		if (ours) {
			return pass(underWay);
		}

		const clashes = Object.entries(devstack.ranges).flatMap(([key, range]) => used.filter(other => rangesOverlap(range, other)).map(other => ({key, range, other})));
		return clashes.length === 0
			? pass(`${Object.values(devstack.ranges).join(', ')} are free`)
			: fail('K2D3006', clashes.map(({range, other}) => `${range} overlaps the route of ${other}`).join('; '), `Choose ranges that are free in your network: ${clashes.map(({key}) => `--set devstack.ranges.${key}=RANGE`).join(' ')}.`);
	},
};

/** ID of /etc/os-release, of systems whose packages make images. */
const imageSystems = new Set(['debian', 'ubuntu']);

const components: Judge = {
	id: 'components', title: 'Components', stage: 'control-plane',
	judge({system: {id, title}}, {components: wanted, makesImages}) {
		if (makesImages && !imageSystems.has(id)) {
			return fail('K2D3009', `images are made with apt and mmdebstrap, and the machine runs ${title}`, wanted.images
				? 'Leave them off with --without images, and put a guest image that was made elsewhere into Glance.'
				: 'Leave K2HR3 out with --set sources.k2hr3=null, or use one that is there: --k2hr3-url.');
		}

		return wanted.compute
			? pass(Object.entries(wanted).flatMap(([each, on]) => on ? [each] : []).join(', '))
			: warn('compute is off, and a DevStack has a compute host all the same', 'Without this component no K2HR3 is built; nothing else depends on it here.');
	},
};

/** Everything that a machine is asked, in the order that a person reads it. */
export const judges: readonly Judge[] = [system, virtualisation, ...size, name, nameServers, hostAddress, ranges, clock, rights, programs, ports, conflicts, components];

/** What a configuration wants. @throws ToolError K2D1005 for a release that nothing is known of. */
export const wantedOf = (config: Pick<Config, 'release' | 'devstack' | 'components' | 'k2hr3' | 'sources'>): Wanted => {
	const {release, devstack, components} = config;
	return {release, devstack, components, support: devstackRelease(release), ports: [...devstackPorts(components), ...k2hr3Ports(config)], makesImages: components.images || chooseK2hr3(config).kind === 'built'};
};

/** All findings at once. */
export const findingsOf = (facts: MachineFacts, wanted: Wanted): readonly Finding[] => judges.map(({judge, ...of}) => ({...of, ...judge(facts, wanted)}));
