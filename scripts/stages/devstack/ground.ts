import type {Ground} from '../../commands/environment.js';
import type {Config} from '../../config/schema.js';
import type {Machine} from '../../machines/types.js';
import {gatherFacts} from './gather.js';
import {findingsOf, wantedOf} from './preflight.js';
import {sourceChecks} from './sources.js';

/** Looks at the machine that a DevStack would be made of. @throws ToolError K2D1005 for a release that nothing is known of. */
export const openGround = async (config: Config, host: Machine): Promise<Ground> => {
	const wanted = wantedOf(config);
	const facts = await gatherFacts(host, config.devstack.directory);
	return {
		checks: [
			...findingsOf(facts, wanted).map(({id, title, stage, ...found}) => ({id, title, stage, run: async () => found})),
			...sourceChecks({config, host}),
		],
		checkedOnly: `Profile ${config.profile} is not built by this version: it checks machines for it.`,
		close: async () => host.close(),
	};
};
