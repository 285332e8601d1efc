import type {Cloud} from './cloud.js';
import {openServers} from './servers.js';
import {openTrove} from './trove.js';

/** Everything of a project that a request, refused or done, could leave behind. */
export const everything = async (demo: Cloud): Promise<readonly string[]> => {
	const {ask} = openTrove(demo);
	const rows = async (place: string): Promise<readonly string[]> => Object.values(await ask<Record<string, ReadonlyArray<{id: string}>>>('GET', place)).flat().map(({id}) => `${place} ${id}`);
	const ports = (await openServers(demo).named('port', 'fields=id')).map(({id}) => `port ${id}`);
	return [...await rows('/instances'), ...await rows('/clusters'), ...await rows('/configurations'), ...await rows('/backups'), ...ports].toSorted();
};
