import type {Check} from '../../../../commands/environment.js';
import {fail, pass} from '../../../checkResult.js';
import type {ImageEnv} from '../../../imageEnv.js';

export const builderCheck = ({builder: {reason, fault}}: Pick<ImageEnv, 'builder'>): Check => ({
	id: 'builder', title: 'Builder of container images', stage: 'images', neededBy: ['images.containers.base', 'images.database', 'images.database.check', 'images.backup', 'images.backup.check', 'images.k2hr3.prefix'],
	run: async () => fault === undefined ? pass(reason) : fail('K2D6030', fault, 'Start the docker daemon, or let the tool choose: --set images.builder=auto.'),
});
