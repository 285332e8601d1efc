import type {OpenstackApi} from '../../openstack/api.js';

/** Property of our images in Glance: the directory name of the image that they were uploaded from, which says from what inputs. */
const origin = 'k2hdkc_devstack_origin';

export type GlanceImage = {
	readonly id: string;
	readonly name: string;
	readonly status: string;
	/** Bytes; null before the data has come. */
	readonly size: number | null;
	readonly tags: readonly string[];
	readonly created_at: string;
	readonly [origin]?: string;
};

type Page = {readonly images: readonly GlanceImage[]; readonly next?: string};

/** Every image of this tool of a kind, newest first; the names of their origins begin with the kind. */
export const ownImages = async ({request, url}: OpenstackApi, kind: 'guest' | 'k2hr3', timeout = 60): Promise<readonly GlanceImage[]> => {
	const base = url.image.replace(/\/v2$/, '');
	const found: GlanceImage[] = [];
	for (let next: string | undefined = '/v2/images?limit=100&sort=created_at:desc'; next !== undefined;) {
		const {images, next: following} = (await request({url: `${base}${next}`, timeout})).body as Page;
		found.push(...images.filter(image => image[origin]?.startsWith(`${kind}-`)));
		next = following;
	}

	return found;
};

/** What is in Glance, against what should be. */
export type Wanted = {readonly origin: string; readonly bytes: number; readonly tags: readonly string[]; readonly format: 'raw' | 'qcow2'; readonly distribution?: string};

export type Registration = {
	/** The finished one of these inputs. */
	readonly current?: GlanceImage;
	/** Older ones that still bear the tags: Trove could choose them. */
	readonly tagged: readonly GlanceImage[];
	/** What can go: uploads that never ended, and of the older ones all but the newest, to go back to. */
	readonly superfluous: readonly GlanceImage[];
};

/** Sorts the images of this tool, newest first, by what is to happen to them. */
export const sortImages = (images: readonly GlanceImage[], wanted: Wanted): Registration => {
	const ended = images.filter(({status}) => status === 'active');
	const current = ended.find(image => image[origin] === wanted.origin && image.size === wanted.bytes);
	const older = ended.filter(image => image !== current);
	return {
		...(current ? {current} : {}),
		tagged: older.filter(({tags}) => wanted.tags.some(tag => tags.includes(tag))),
		superfluous: [...images.filter(image => !ended.includes(image)), ...older.slice(1)],
	};
};

/** Makes the record of an image; it has no data and no tags yet, so that nobody chooses it. Gives its id. */
export const createImage = async ({request, url}: OpenstackApi, name: string, wanted: Wanted): Promise<string> => {
	const image = {name, [origin]: wanted.origin, visibility: 'public', disk_format: wanted.format, container_format: 'bare', hw_rng_model: 'virtio', ...(wanted.distribution !== undefined && {os_distro: wanted.distribution})};
	const {body} = await request({method: 'POST', url: `${url.image}/images`, body: image});
	return (body as {id: string}).id;
};

export const setTags = async ({request, url}: OpenstackApi, id: string, tags: readonly string[]): Promise<void> => {
	await request({
		method: 'PATCH', url: `${url.image}/images/${id}`, body: [{op: 'replace', path: '/tags', value: tags}],
		headers: {'Content-Type': 'application/openstack-images-v2.1-json-patch'},
	});
};

/** Gone already is as good. */
export const deleteImage = async ({request, url}: OpenstackApi, id: string): Promise<void> => {
	await request({method: 'DELETE', url: `${url.image}/images/${id}`, allow: [204, 404]});
};
