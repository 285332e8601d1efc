import test from 'ava';
import {graceMilliseconds, parseStored, superfluous, type Stored} from '../../../scripts/stages/images/prune.js';

const now = Date.parse('2026-01-10T12:00:00Z');
const hash = (digit: string): string => digit.repeat(16);
/** `age` in units of the time that everything may stay; below 1 it is young. */
const of = (kind: string, digit: string, age: number, layers?: readonly string[]): Stored =>
	({name: `${kind}-${hash(digit)}`, changed: now - (age * graceMilliseconds), ...(layers && {layers})});

const rules: ReadonlyArray<readonly [what: string, stored: readonly Stored[], used: readonly string[], gone: readonly string[]]> = [
	['of each kind the current one and the newest older one stay',
		[of('guest-image', 'a', 2), of('guest-image', 'b', 3), of('guest-image', 'c', 4), of('database-image', 'd', 9), of('database-image', 'e', 8), of('backup-image', 'f', 99)],
		['a', 'e'], [`guest-image-${hash('c')}`]],
	['those of all environments stay, however old', [of('guest-image', 'a', 2), of('guest-image', 'b', 300), of('guest-image', 'c', 3), of('guest-image', 'd', 4)], ['a', 'b'], [`guest-image-${hash('d')}`]],
	['images that were built elsewhere are a kind of their own', [of('guest-image', 'a', 5), of('guest-file', 'b', 2), of('guest-file', 'c', 3), of('guest-file', 'd', 4)], ['b'], [`guest-file-${hash('d')}`]],
	['what is young stays', [of('guest-image', 'a', 0.1), of('guest-image', 'b', 0.2), of('guest-image', 'c', 0.9), of('container-base', 'd', 0.5)], [], []],
	['layers go with the last image that needs them',
		[of('guest-image', 'a', 2, [`guest-base-${hash('1')}`]), of('guest-image', 'b', 3, [`guest-base-${hash('2')}`]), of('guest-image', 'c', 4, [`guest-base-${hash('2')}`, `guest-base-${hash('3')}`]), of('guest-base', '1', 5), of('guest-base', '2', 5), of('guest-base', '3', 5)],
		['a'], [`guest-base-${hash('3')}`, `guest-image-${hash('c')}`]],
	['layers that a state names stay without an image: they may be all there is yet', [of('container-root', 'a', 2), of('container-base', 'a', 2), of('container-python', 'b', 2), of('guest-agent', 'c', 2)], ['a'], [`container-python-${hash('b')}`, `guest-agent-${hash('c')}`]],
	['the programs of K2HR3 go with the last image that is made of them', [of('k2hr3-image', 'a', 2, [`k2hr3-prefix-${hash('1')}`]), of('k2hr3-prefix', '1', 5), of('k2hr3-prefix', '2', 5), of('k2hr3-prefix', '3', 5)], ['a', '3'], [`k2hr3-prefix-${hash('2')}`]],
	['what is not finished, or of another name, is left alone',
		[of('guest-image', 'a', 5), of('guest-image', 'b', 6), {name: `guest-image-${hash('c')}.partial-x`, changed: 0}, {name: 'my-files', changed: 0}], ['a'], []],
];
for (const [what, stored, used, gone] of rules) {
	test(`store of images: ${what}`, t => {
		t.deepEqual(superfluous(stored, new Set(used.map(digit => hash(digit))), now), gone);
		t.deepEqual(superfluous(stored.toReversed(), new Set(used.map(digit => hash(digit))), now), gone);
	});
}

test('a directory is read with the layers of its manifest', t => {
	t.deepEqual(parseStored(`guest-image-${hash('a')} 10 {"name": "x y",  "layers": ["one"]}\nguest-base-${hash('b')} 20 \n`), [
		{name: `guest-image-${hash('a')}`, changed: 10_000, layers: ['one']}, {name: `guest-base-${hash('b')}`, changed: 20_000},
	]);
});
