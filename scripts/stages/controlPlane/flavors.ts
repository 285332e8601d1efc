import type {SandboxEnv, SandboxStep} from '../sandboxEnv.js';

type Flavor = {readonly id: string; readonly name: string; readonly ram: number; readonly vcpus: number; readonly disk: number};

const wanted = ({config}: SandboxEnv): Flavor[] => config.openstack.flavors.map(({name, id, ramMiB, vcpus, diskGiB}) => ({id, name, ram: ramMiB, vcpus, disk: diskGiB}));

const same = (one: Flavor, other: Flavor): boolean => one.name === other.name && one.ram === other.ram && one.vcpus === other.vcpus && one.disk === other.disk;

const present = async ({api}: SandboxEnv): Promise<Flavor[]> => {
	const {body} = await api.request({url: `${api.url.compute}/flavors/detail?is_public=None`});
	return (body as {flavors: Flavor[]}).flavors;
};

/** Flavors by id. One that has changed is replaced: Nova has no way to change a flavor in place. */
export const flavors: SandboxStep = {
	id: 'flavors',
	stage: 'control-plane',
	title: 'Flavors',
	needs: ['nova'],
	inputs: ({config}) => config.openstack.flavors,
	async probe({env}) {
		const there = await present(env);
		const lacking = wanted(env).filter(flavor => !there.some(candidate => candidate.id === flavor.id && same(candidate, flavor)));
		return lacking.length === 0
			? {state: 'present', evidence: `Nova has ${wanted(env).map(({name}) => name).join(', ')}`}
			: {state: 'absent', evidence: `Nova lacks ${lacking.map(({name}) => name).join(', ')}`};
	},
	async apply({env}) {
		const {api} = env;
		const there = await present(env);
		for (const flavor of wanted(env)) {
			const clashing = there.filter(candidate => (candidate.id === flavor.id || candidate.name === flavor.name) && !(candidate.id === flavor.id && same(candidate, flavor)));
			for (const {id} of clashing) {
				await api.request({method: 'DELETE', url: `${api.url.compute}/flavors/${id}`});
			}

			if (clashing.length > 0 || !there.some(({id}) => id === flavor.id)) {
				await api.request({method: 'POST', url: `${api.url.compute}/flavors`, body: {flavor: {...flavor, 'os-flavor-access:is_public': true}}});
			}
		}
	},
	undo: {nothingLeft: 'They lie in the database of the sandbox machine and go with its disk.'},
	timeout: 120,
	idleTimeout: 120,
	expected: 3,
	retry: {attempts: 2, delay: 3},
};
