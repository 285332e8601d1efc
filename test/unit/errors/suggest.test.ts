import test from 'ava';
import {didYouMean, suggest} from '../../../scripts/errors/suggest.js';

const known = ['keystone', 'glance', 'nova', 'neutron', 'sandbox.root', 'sandbox.boot', 'trove'];

for (const [word, meant] of [
	['keyston', 'keystone'],
	['keytsone', 'keystone'],
	['Glance', 'glance'],
	['nuetron', 'neutron'],
	['nov', 'nova'],
	['sandbox.rot', 'sandbox.root'],
	['boot', 'sandbox.boot'],
	['sandbox', undefined],
	['swift', undefined],
	['', undefined],
	['x', undefined],
] as const) {
	test(`"${word}" suggests ${meant ?? 'nothing'}`, t => {
		t.is(suggest(word, known), meant);
	});
}

test('the sentence is empty when nothing is near', t => {
	t.is(didYouMean('swift', known), '');
	t.is(didYouMean('trov', known), ' Did you mean "trove"?');
	t.is(suggest('anything', []), undefined);
});
