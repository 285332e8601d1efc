import {ports} from '../../openstack/api.js';
import {authorityFile, k2hr3Options} from '../../k2hr3/options.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {troveAdditions} from '../datastore/content.js';
import {builtImageOptions} from '../images/containers/push.js';
import {registryOf} from '../images/registry.js';
import {k2hr3Address} from '../k2hr3/facts.js';
import {serviceStep} from './service.js';

/**
 * Trove's own file and the one for guests get the same group; its name is fixed by the Python package. Registries without TLS are no option of the
 * group. Trove has one of its own by that name, with which it writes the whole daemon.json of guests; ours are added to what is there.
 */
const datastoreSections = (env: SandboxEnv) => {
	const {docker_insecure_registries: _, ...options} = env.config.datastore.options;
	return {k2hdkc: {...options, ...builtImageOptions(env.config, registryOf(env)), ...k2hr3Options(k2hr3Address(env))}};
};

export const trove = serviceStep({
	id: 'trove',
	title: 'Trove, the database service, with the k2hdkc options',
	needs: ['identity', 'rabbitmq', 'datastore.package'],
	databases: ['trove'],
	files: [
		{template: 'trove.conf', path: '/etc/trove/trove.conf', owner: 'root:trove', sections: env => ({...datastoreSections(env), ...env.config.trove.conf})},
		{template: 'trove-guestagent.conf', path: '/etc/trove/trove-guestagent.conf', owner: 'root:trove', sections: datastoreSections},
		{template: 'k2hr3-ca.pem', path: authorityFile, owner: 'root:trove', appended: env => env.k2hr3Authority ?? ''},
	],
	prepare: () => 'install -d -o trove -g trove /var/log/trove /etc/trove/cloudinit\nsetpriv --reuid trove --regid trove --init-groups env HOME=/var/lib/trove trove-manage db_sync\n',
	units: ['trove-api', 'trove-conductor', 'trove-taskmanager'],
	ports: [ports.database],
	http: ({addresses}) => ({url: `http://${addresses.current.machine}:8779/`, status: 200}),
	async ask({api}) {
		const {body} = await api.request({url: `${api.url.database}/${await api.projectId()}/datastores`});
		const {datastores} = body as {datastores?: unknown[]};
		return datastores && `Trove lists ${datastores.length} datastores`;
	},
	inputs: troveAdditions,
	expected: 25,
});
