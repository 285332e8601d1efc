import test from 'ava';
import {listenersScript, parseListeners, strangers} from '../../../scripts/stages/controlPlane/ports.js';

const output = [
	'5000 812 keystone.service              uwsgi',
	'5000 815 keystone.service              uwsgi',
	'8080 901 -                               python3',
	'8080 902 other.service nc openbsd',
	'',
].join('\n');

test('who listens is read from what the programs print', t => {
	t.deepEqual(parseListeners(output), [
		{port: 5000, pid: 812, unit: 'keystone.service', program: 'uwsgi'},
		{port: 5000, pid: 815, unit: 'keystone.service', program: 'uwsgi'},
		{port: 8080, pid: 901, unit: '-', program: 'python3'},
		{port: 8080, pid: 902, unit: 'other.service', program: 'nc openbsd'},
	]);
	t.deepEqual(parseListeners(''), []);
});

test('processes of the service\'s own units hold their port rightly; of strangers one a port is named', t => {
	const listeners = parseListeners(output);
	t.deepEqual(strangers(listeners, ['keystone']).map(({port, pid}) => [port, pid]), [[8080, 902]]);
	t.deepEqual(strangers(listeners, ['swift-proxy', 'other']).map(({port, pid}) => [port, pid]), [[5000, 815], [8080, 901]]);
	t.deepEqual(strangers(listeners, ['keystone', 'other', '-']), []);
});

test('all ports are asked for at once', t => {
	t.regex(listenersScript([80, 443]), /'sport = :80 or sport = :443'/);
});
