import test from 'ava';
import {formatAge, renderImages} from '../../../scripts/report/images.js';

const now = new Date('2026-01-10T12:00:00Z');
const ages: ReadonlyArray<readonly [made: string, age: string]> = [
	['2026-01-10T11:59:40Z', '0 min'], ['2026-01-10T11:01:00Z', '59 min'], ['2026-01-10T11:00:00Z', '1 h'], ['2026-01-08T13:00:00Z', '47 h'],
	['2026-01-08T12:00:00Z', '2 d'], ['2025-01-10T12:00:00Z', '365 d'], ['2026-01-10T12:05:00Z', '0 min'],
];
for (const [made, age] of ages) {
	test(`age of what was made ${made}`, t => {
		t.is(formatAge(new Date(made), now), age);
	});
}

test('a row says which image it is, of what, how old, where and whether it is what is wanted', t => {
	const digest = `sha256:${'0123456789ab'.padEnd(64, 'f')}`;
	const lines = renderImages([
		{image: 'guest', name: 'k2hdkc-guest-2025.1-trixie', directory: '/x', files: [], state: 'not built', registered: '-'},
		{image: 'database', name: 'antpickax/k2hdkc-trove', tag: '1.0.19', digest, inputs: 'feed', directory: '/x', made: '2026-01-10T10:00:00Z', files: [{file: 'image.tar', bytes: 2_000_000, sha256: 'a'}], state: 'up to date', registered: 'not in the registry'},
	], {now, color: false});
	t.deepEqual(lines.map(line => line.split(/ {2,}/)), [
		['image', 'name', 'tag', 'digest', 'size', 'age', 'inputs', 'registered', 'state'],
		['guest', 'k2hdkc-guest-2025.1-trixie', '-', '-', '-', '-', '-', '-', 'not built'],
		['database', 'antpickax/k2hdkc-trove', '1.0.19', '0123456789ab', '1.9 MiB', '2 h', 'feed', 'not in the registry', 'up to date'],
	]);
});
