import test from 'ava';
import {isRegistry, isWithoutTls, registriesOf} from '../../../scripts/config/insecureRegistries.js';

test('a value is a list, or one text with commas', t => {
	t.deepEqual(registriesOf(undefined), []);
	t.deepEqual(registriesOf(''), []);
	t.deepEqual(registriesOf('a:5000, b:5000,'), ['a:5000', 'b:5000']);
	t.deepEqual(registriesOf(['a:5000', ' 192.0.2.0/24 ']), ['a:5000', '192.0.2.0/24']);
});

for (const [entry, is] of [
	['registry', true], ['registry.example.com:5000', true], ['192.0.2.1:5000', true], ['192.0.2.0/24', true], ['2001:db8::/32', true], ['[2001:db8::1]:5000', true],
	['http://registry:5000', false], ['registry/name', false], ['192.0.2.0/33', false], ['192.0.2.0/', false], ['a b', false], ['a:port', false], ['-a', false], ['a%n', false],
] as const) {
	test(`${entry} is ${is ? 'a' : 'no'} registry`, t => {
		t.is(isRegistry(entry), is);
	});
}

for (const [registry, named, is] of [
	['192.0.2.1:5443', [], false],
	['192.0.2.1:5443', ['192.0.2.1:5443'], true],
	['192.0.2.1:5443', ['192.0.2.1:5000'], false],
	['192.0.2.1:5443', ['192.0.2.1'], false],
	['192.0.2.1:5443', ['10.0.0.0/8', '192.0.2.0/24'], true],
	['192.0.2.1:5443', ['192.0.3.0/24', '2001:db8::/32'], false],
	['[2001:db8::1]:5443', ['2001:db8::/32'], true],
	['registry.example.com:5000', ['registry.example.com:5000'], true],
	['registry.example.com:5000', ['0.0.0.0/0'], false],
] as const) {
	test(`${registry} with ${named.join(', ') || 'nothing'} listed is asked ${is ? 'without' : 'with'} TLS`, t => {
		t.is(isWithoutTls(registry, named), is);
	});
}
