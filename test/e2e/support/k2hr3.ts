import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {parseAddresses} from '../../../scripts/stages/addresses.js';
import {makeCertificate} from '../../fixtures/certificate.js';
import {startK2hr3StandIn} from '../../fixtures/k2hr3StandIn/api.js';
import type {Store} from '../../fixtures/k2hr3StandIn/store.js';
import {paths} from './tool.js';

export type EnvironmentK2hr3 = {
	/** Words with which Trove is told of it. */
	readonly settings: readonly string[];
	readonly store: Store;
};

/** STAND-IN for K2HR3 on the host's end of the link, where Trove and guests reach it by HTTPS. It asks the Keystone of the environment, and ends with the test. */
export const startK2hr3 = async (t: ExecutionContext): Promise<EnvironmentK2hr3> => {
	const {host, machine} = parseAddresses(await readFile(path.join((await paths()).environment, 'addresses.json'), 'utf8'))!;
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hr3-tls-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const {authority, withKey} = await makeCertificate(directory, 'k2hr3', host);
	const {url, store, stop} = await startK2hr3StandIn({keystone: `http://${machine}:5000`, address: host, certificate: await readFile(withKey, 'utf8')});
	t.teardown(stop);
	return {store, settings: ['--set', `k2hr3.url=${url}`, '--set', `k2hr3.caFile=${authority}`]};
};
