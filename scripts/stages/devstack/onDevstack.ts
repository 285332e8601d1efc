import type {DevstackStep} from './devstackEnv.js';

/** What steps that other profiles have too call what they stand on, by the step that it is here. */
const here: Readonly<Record<string, string>> = {
	environment: 'devstack.passwords',
	'compute.host': 'devstack.inventory',
	...Object.fromEntries(['glance', 'nova', 'flavors', 'networks', 'credentials', 'datastore.package', 'trove'].map(id => [id, 'devstack.services'])),
};

/** The same step, after what it stands on here. */
export const onDevstack = (step: DevstackStep): DevstackStep => ({...step, needs: [...new Set(step.needs.map(id => here[id] ?? id))]});
