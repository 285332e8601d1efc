import type {DevstackEnv, DevstackStep} from './devstackEnv.js';
import {bringBackScript, missingScript, networkProbe} from './networkState.js';
import {place} from './stack.js';

/** Arguments of both scripts. */
const given = (env: Pick<DevstackEnv, 'paths' | 'config'>): readonly string[] => [place(env), env.config.devstack.ranges.floating];

/** What DevStack sets of the machine's network and does not keep: addresses of its bridges and of Trove's port, routes through its router, the way out of its floating addresses. */
export const network: DevstackStep = {
	id: 'devstack.network',
	stage: 'control-plane',
	title: 'Addresses and routes of DevStack on the machine',
	needs: ['devstack.stack'],
	inputs: () => ({}),
	async probe({env}) {
		const {stdout} = await env.host.run(['sh', '-euc', missingScript, 'sh', ...given(env)], {timeout: 30});
		return networkProbe(stdout);
	},
	async apply({env, job}) {
		await job(env.host, ['sh', '-euc', bringBackScript, 'sh', ...given(env)]);
	},
	undo: {nothingLeft: 'the record goes with the checkout, and what is set of the kernel\'s network with clean.sh or the next start of the machine'},
	own: true,
	volatile: true,
	timeout: 120,
	idleTimeout: 120,
	expected: 1,
};
