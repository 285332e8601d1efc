import type {SummaryFacts} from '../../commands/environment.js';
import {chooseK2hr3} from '../../config/k2hr3Source.js';
import type {Config} from '../../config/schema.js';
import {builtApp, k2hr3Address} from './facts.js';
import type {K2hr3Env} from './k2hr3Env.js';

/** Says why there is none. */
export const leftOutK2hr3 = (config: Pick<Config, 'components' | 'k2hr3' | 'sources'>): SummaryFacts['leftOut'] => {
	const choice = chooseK2hr3(config);
	return choice.kind === 'leftOut' ? [{what: 'K2HR3', why: choice.why}] : [];
};

/** The API of a K2HR3 that is built, and its web application where the prefix has one. */
export const k2hr3Endpoints = (env: Pick<K2hr3Env, 'config' | 'hasK2hr3App' | 'k2hr3'>): SummaryFacts['endpoints'] => {
	if (chooseK2hr3(env.config).kind !== 'built') {
		return [];
	}

	const app = builtApp(env);
	return [{name: 'k2hr3', url: k2hr3Address(env).url!}, ...(app === undefined ? [] : [{name: 'k2hr3-app', url: app}])];
};
