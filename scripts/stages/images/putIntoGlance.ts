import {ToolError} from '../../errors/toolError.js';
import type {Progress} from '../../pipeline/types.js';
import type {CloudEnv} from '../imageEnv.js';
import {createImage, deleteImage, ownImages, setTags, sortImages, type Wanted} from './glance.js';

export type ForGlance = {
	readonly kind: 'guest' | 'k2hr3';
	readonly name: string;
	readonly wanted: Wanted;
	/** On the host. */
	readonly file: string;
};

type Tools = {readonly progress: Pick<Progress, 'say'>; /** Runs argv on the host. */ readonly job: (argv: readonly string[], input: string) => Promise<void>};

const upload = async (env: CloudEnv, id: string, file: string, job: Tools['job']): Promise<void> => {
	// The token enters by standard input, never by argv. Without a header Expect: a Glance that uWSGI serves behind Apache, as DevStack's, never says 100 and gets nothing.
	const config = `header = "X-Auth-Token: ${await env.api.token()}"\nheader = "Content-Type: application/octet-stream"\nheader = "Expect:"\n`;
	await job([
		'curl', '--silent', '--show-error', '--fail-with-body', '--noproxy', '*', '--config', '-',
		'--upload-file', file, `${env.api.url.image}/images/${id}/file`,
	], config);
};

/** Uploads an image unless it is there. It gets its tags when all of it is there, then the old ones lose theirs; what is superfluous goes. */
export const putIntoGlance = async (env: CloudEnv, {kind, name, wanted, file}: ForGlance, {progress, job}: Tools): Promise<void> => {
	const {api} = env;
	const {current} = sortImages(await ownImages(api, kind), wanted);
	if (current === undefined) {
		progress.say('uploading it');
		await upload(env, await createImage(api, name, wanted), file, job);
	}

	const now = sortImages(await ownImages(api, kind), wanted);
	if (now.current === undefined) {
		throw new ToolError('K2D2305', `Glance does not have all ${wanted.bytes} bytes of the image after the upload`);
	}

	await setTags(api, now.current.id, wanted.tags);
	for (const {id} of now.tagged) {
		await setTags(api, id, []);
	}

	for (const {id} of now.superfluous) {
		await deleteImage(api, id);
	}
};
