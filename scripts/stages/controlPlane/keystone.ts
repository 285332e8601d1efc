import {ports, request} from '../../openstack/api.js';
import {serviceStep} from './service.js';

/** The administrator's password enters by the environment of one process inside the machine, never by argv. */
export const keystone = serviceStep({
	id: 'keystone',
	title: 'Keystone, the identity service',
	needs: ['mariadb', 'memcached'],
	databases: ['keystone'],
	files: [{template: 'keystone.conf', path: '/etc/keystone/keystone.conf', owner: 'root:keystone'}],
	uwsgi: ['/etc/keystone/keystone-uwsgi.ini'],
	prepare: ({secrets, api, config}) => `
setpriv --reuid keystone --regid keystone --init-groups keystone-manage db_sync
[ -f /etc/keystone/fernet-keys/1 ] || keystone-manage fernet_setup --keystone-user keystone --keystone-group keystone
export OS_BOOTSTRAP_PASSWORD='${secrets.get('user.admin')}'
keystone-manage bootstrap --bootstrap-region-id '${config.openstack.region}' \\
  --bootstrap-public-url ${api.url.identity} --bootstrap-internal-url ${api.url.identity} --bootstrap-admin-url ${api.url.identity}
`,
	units: ['keystone'],
	ports: [ports.identity],
	http: ({api}) => ({url: api.url.identity, status: 200}),
	async ask({api, host}) {
		const id = await api.projectId();
		// The policy is loaded by the first request that it decides; of several at once some would be refused.
		await api.request({url: `${api.url.identity}/services`});
		const {body} = await request(host, {url: api.url.identity});
		const {version} = body as {version: {id: string}};
		return `Keystone ${version.id} issues a token for project ${id}`;
	},
	expected: 20,
});
