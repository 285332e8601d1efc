import {ports} from '../../openstack/api.js';
import {serviceStep} from './service.js';

const servers = ['account', 'container', 'object'] as const;
const storagePorts = {account: 6202, container: 6201, object: 6200} as const;

/** One zone with one device: a ring is made once and kept, since its contents do not depend on anything else. */
const rings = servers.map(server => `
if [ ! -f ${server}.ring.gz ]; then
  swift-ring-builder ${server}.builder create 10 1 1
  swift-ring-builder ${server}.builder add r1z1-127.0.0.1:${storagePorts[server]}/sdb1 100
  swift-ring-builder ${server}.builder rebalance
fi
`).join('');

export const swift = serviceStep({
	id: 'swift',
	title: 'Swift, the object store',
	needs: ['identity', 'memcached'],
	files: [
		{template: 'swift.conf', path: '/etc/swift/swift.conf', owner: 'root:swift'},
		{template: 'swift-proxy.conf', path: '/etc/swift/proxy-server.conf', owner: 'root:swift'},
		...servers.map(server => ({template: `swift-${server}.conf`, path: `/etc/swift/${server}-server.conf`, owner: 'root:swift'})),
	],
	prepare: () => `cd /etc/swift\ninstall -d -o swift -g swift /srv/node/sdb1 /var/cache/swift\n${rings}\nchown root:swift *.builder *.ring.gz\n`,
	units: ['swift-proxy', ...servers.map(server => `swift-${server}`)],
	ports: [ports.objectStore, ...Object.values(storagePorts)],
	http: ({addresses}) => ({url: `http://${addresses.current.machine}:8080/healthcheck`, status: 200}),
	async ask({api}) {
		const {status} = await api.request({url: `${api.url.objectStore}/AUTH_${await api.projectId()}?format=json`});
		return status === 200 || status === 204 ? 'Swift shows the account of the administrator' : undefined;
	},
	expected: 25,
});
