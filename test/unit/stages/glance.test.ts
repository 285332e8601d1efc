import test from 'ava';
import {sortImages, type GlanceImage, type Wanted} from '../../../scripts/stages/images/glance.js';

const wanted: Wanted = {origin: 'guest-image-2', bytes: 100, tags: ['k2hdkc', 'trove'], format: 'raw'};

const image = (id: string, more: Partial<GlanceImage> = {}): GlanceImage =>
	({id, name: 'guest', status: 'active', size: 100, tags: [], created_at: '', k2hdkc_devstack_origin: 'guest-image-1', ...more});

const sorted = (...images: GlanceImage[]) => {
	const {current, tagged, superfluous} = sortImages(images, wanted);
	return {current: current?.id, tagged: tagged.map(({id}) => id), superfluous: superfluous.map(({id}) => id)};
};

test('an image is the current one when all of it is there and it is of these inputs', t => {
	const mine = {k2hdkc_devstack_origin: 'guest-image-2'};
	t.deepEqual(sorted(), {current: undefined, tagged: [], superfluous: []});
	t.is(sorted(image('a', mine)).current, 'a');
	t.is(sorted(image('a')).current, undefined);
	t.is(sorted(image('a', {...mine, size: 99})).current, undefined);
	t.deepEqual(sorted(image('a', {...mine, status: 'queued', size: null})), {current: undefined, tagged: [], superfluous: ['a']});
});

test('older ones lose their tags, and all but the newest of them go', t => {
	t.deepEqual(
		sorted(image('new', {k2hdkc_devstack_origin: 'guest-image-2'}), image('before', {tags: ['k2hdkc', 'trove']}), image('older'), image('oldest', {tags: ['trove']}), image('half', {status: 'saving'})),
		{current: 'new', tagged: ['before', 'oldest'], superfluous: ['half', 'older', 'oldest']},
	);
});
