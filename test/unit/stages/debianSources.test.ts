import test from 'ava';
import {mirrorsOf, parseTargets, sourceLines, suiteMirror} from '../../../scripts/stages/machine/debianSources.js';

const output = 'http://mirror.example.org/debian/ bookworm\nhttp://mirror.example.org/debian/ bookworm-updates\nhttp://security.example.org/debian-security/ bookworm-security\nhttps://other.example.org/apt stable\n';

test('the mirror of the host is told by the suites that only Debian has', t => {
	t.deepEqual(mirrorsOf(parseTargets(output), 'bookworm'), {main: 'http://mirror.example.org/debian', security: 'http://security.example.org/debian-security'});
	t.deepEqual(mirrorsOf(parseTargets('https://other.example.org/apt stable\n'), 'bookworm'), {});
	t.deepEqual(parseTargets('\n'), []);
});

test('the suite is changed, the mirror stays', t => {
	t.deepEqual(sourceLines('trixie', 'http://m/debian', 'http://s/security'), [
		'deb http://m/debian trixie main', 'deb http://m/debian trixie-updates main', 'deb http://s/security trixie-security main',
	]);
	t.is(sourceLines('trixie', 'http://m/debian', undefined).length, 2);
});

test('a step says whose mirror it asks', t => {
	t.deepEqual(['trixie', 'sid', 'noble'].map(suite => suiteMirror(suite)), ['the Debian mirror', 'the Debian mirror', 'the Ubuntu mirror']);
});
