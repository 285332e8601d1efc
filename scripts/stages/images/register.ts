import {guestSuites} from '../../config/guestSuites.js';
import {ToolError} from '../../errors/toolError.js';
import type {CloudEnv, CloudStep} from '../imageEnv.js';
import {guestCheck} from './bootCheck.js';
import {guestInputs, guestNames} from './definition.js';
import {ownImages, sortImages, type Registration, type Wanted} from './glance.js';
import {guestLayer} from './guest.js';
import {guestFileName} from './guestFile.js';
import {readManifest, type Manifest} from './manifest.js';
import {putIntoGlance} from './putIntoGlance.js';

/** On the host: names the image of the store that was registered from a file, until the built one is registered again. */
const fileMark = ({paths}: Pick<CloudEnv, 'paths'>): string => `${paths.environment}/guest-file`;

/** From now on the built image is the one to be registered. */
export const forgetGuestFile = async (env: Pick<CloudEnv, 'host' | 'paths'>): Promise<void> => {
	await env.host.run(['rm', '-f', '--', fileMark(env)]);
};

type Source = {readonly directory: string; /** Its file for Glance. */ readonly registered: string; readonly origin: string; readonly format: Wanted['format']; readonly distribution?: string};

/** The image that is to be in Glance: of ours, what servers of the cloud are made from. */
const sourceOf = async (env: CloudEnv): Promise<Source> => {
	const origin = env.config.images.guest.file === null ? (await env.host.read(fileMark(env)))?.trim() : guestFileName(env.config);
	return origin === undefined
		? {directory: guestLayer(env, 'image'), registered: env.serverDisk.file, origin: guestNames(env).image, format: env.serverDisk.format, distribution: guestSuites[env.config.images.guest.suite].distribution}
		: {directory: `${env.paths.images}/${origin}`, registered: 'disk.qcow2', origin, format: 'qcow2'};
};

/** Tags by which the datastore's versions choose their guest image. */
const tagsOf = ({datastore}: CloudEnv['config']): string[] => [...new Set(datastore.versions.flatMap(({imageTags}) => imageTags))].toSorted();

const wantedOf = async (env: CloudEnv): Promise<{readonly manifest: Manifest; readonly wanted: Wanted; readonly file: string} | undefined> => {
	const {directory, registered, ...source} = await sourceOf(env);
	const manifest = await readManifest(env.host, directory);
	const file = manifest?.files.find(({file}) => file === registered);
	return manifest && file && {manifest, file: `${directory}/${registered}`, wanted: {...source, bytes: file.bytes, tags: tagsOf(env.config)}};
};

/** How the guest image stands in Glance; undefined when there is none to compare with. */
export const guestRegistration = async (env: CloudEnv, timeout?: number): Promise<(Registration & {readonly wanted: Wanted}) | undefined> => {
	const all = await wantedOf(env);
	return all && {...sortImages(await ownImages(env.api, 'guest', timeout), all.wanted), wanted: all.wanted};
};

/** The guest image in Glance: the new one gets its tags when all of it is there, then the old ones lose theirs. */
const guestGlance: CloudStep = {
	id: 'images.guest.glance',
	stage: 'registration',
	title: 'Guest image in Glance, with the tags that the datastore versions ask for',
	needs: ['images.guest.check', 'glance'],
	inputs: env => ({image: env.config.images.guest.file === null ? guestInputs(env).image : guestFileName(env.config), tags: tagsOf(env.config)}),
	async probe({env}) {
		const found = await guestRegistration(env);
		if (!found?.current) {
			return {state: 'absent', evidence: found ? 'Glance has no image of these inputs' : 'there is no guest image to compare with'};
		}

		const {current, tagged, wanted} = found;
		const lacking = wanted.tags.filter(tag => !current.tags.includes(tag));
		if (lacking.length > 0) {
			return {state: 'broken', evidence: `image ${current.id} lacks the tags ${lacking.join(', ')}`};
		}

		return tagged.length > 0
			? {state: 'broken', evidence: `image ${tagged.map(({id}) => id).join(', ')} is older and bears the tags too`}
			: {state: 'present', evidence: `Glance has image ${current.id} with the tags ${wanted.tags.join(', ')}`};
	},
	async apply({env, job, progress}) {
		const {host} = env;
		const all = await wantedOf(env);
		if (!all) {
			throw new ToolError('K2D6042', `${(await sourceOf(env)).directory} holds no finished image`);
		}

		const {manifest: {name}, wanted, file} = all;
		await putIntoGlance(env, {kind: 'guest', name, wanted, file}, {progress, job: async (argv, input) => job(host, argv, {input})});
		if (env.config.images.guest.file !== null) {
			await host.write(fileMark(env), `${wanted.origin}\n`);
		}
	},
	undo: {nothingLeft: 'It lies in the store of Glance and goes with that.'},
	own: true,
	timeout: 900,
	idleTimeout: 600,
	expected: 15,
	retry: {attempts: 2, delay: 5},
};

/** The same for an image that was built elsewhere, when the configuration names one. */
export const guestRegistrationStep = ({images}: Pick<CloudEnv['config'], 'images'>): CloudStep =>
	images.guest.file === null ? guestGlance : {...guestGlance, needs: guestGlance.needs.map(need => need === guestCheck.id ? 'images.guest.file.check' : need)};
