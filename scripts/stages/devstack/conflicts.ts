import {fail, pass, warn} from '../checkResult.js';
import type {Judge} from './judge.js';

const another = 'Use a fresh machine, or stop and remove what is named.';

/** Found on a machine that this environment has begun to build on. */
export const underWay = 'what is there belongs to this environment';

/** Ports that DevStack's services need and something has. */
export const ports: Judge = {
	id: 'ports', title: 'Ports', stage: 'control-plane',
	judge({listeners, ours}, {ports: wanted}) {
		if (ours) {
			return pass(underWay);
		}

		const taken = wanted.flatMap(({port, service}) => listeners.filter(listener => listener.port === port)
			.map(({program}) => `${port} (${service})${program === undefined ? '' : ` by ${program}`}`));
		return taken.length === 0 ? pass(`${wanted.length} ports of DevStack's services are free`) : fail('K2D3007', `in use: ${taken.join(', ')}`, another);
	},
};

/** OpenStack from packages: units of Debian, Ubuntu and RDO. */
const openstackUnit = /^(?:openstack-)?(?:keystone|glance|nova|neutron|placement|cinder|swift|trove|heat|octavia)[-.@]/;

/** What DevStack installs itself and sets up anew. */
const takenOver = /^(?:apache2|httpd|mariadb|mysql|mysqld|rabbitmq-server|memcached|etcd|openvswitch|openvswitch-switch|ovn-central|ovn-northd)\.service$/;

/** What is there already that stack.sh would run into or take over. */
export const conflicts: Judge = {
	id: 'conflicts', title: 'Other services', stage: 'control-plane',
	judge({units, traces, ours}) {
		if (ours) {
			return pass(underWay);
		}

		const devstack = [...traces, ...units.filter(unit => unit.startsWith('devstack@'))];
		const openstack = units.filter(unit => openstackUnit.test(unit));
		if (devstack.length > 0 || openstack.length > 0) {
			return fail('K2D3015', [
				...(devstack.length > 0 ? [`a DevStack is there: ${devstack.slice(0, 5).join(', ')}`] : []),
				...(openstack.length > 0 ? [`an OpenStack from packages runs: ${openstack.slice(0, 5).join(', ')}`] : []),
			].join('; '), devstack.length > 0 ? 'Use a fresh machine, or remove that DevStack: its own unstack.sh and clean.sh, then its directory.' : another);
		}

		const others = units.filter(unit => takenOver.test(unit));
		return others.length === 0
			? pass('no DevStack, no OpenStack, and none of the services that DevStack sets up')
			: warn(`DevStack takes over what runs already: ${others.join(', ')}`, 'Their settings and passwords change. Use a fresh machine if something else needs them.');
	},
};
