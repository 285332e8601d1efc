import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {rabbitHash} from '../../../scripts/openstack/secrets.js';
import {renderTemplate, usedValues, withSections} from '../../../scripts/openstack/template.js';
import {packageRoot} from '../../../scripts/packageRoot.js';

test('names are replaced, nested ones too', t => {
	t.is(renderTemplate('a = {{a}}\nb = {{b.c}}\n', {a: 1, b: {c: 'x'}}), 'a = 1\nb = x\n');
});

test('a name without a value is a fault, never an empty setting', t => {
	for (const template of ['{{a}}', '{{b.d}}', '{{b}}', '{{toString}}']) {
		t.throws(() => renderTemplate(template, {b: {c: 'x'}}), {message: /No value for/}, template);
	}
});

test('the values that a template uses can be told', t => {
	t.deepEqual(usedValues('{{b.c}} {{a}} {{b.c}} {{x}}', {a: 1, b: {c: 'x', d: 'y'}}), {'b.c': 'x', a: 1, x: undefined});
});

test('sections are added at the end; empty ones are not', t => {
	t.is(withSections('[DEFAULT]\na = 1\n', {k2hdkc: {docker_image: 'x', tcp_ports: [8020, 8021]}, empty: {}}), '[DEFAULT]\na = 1\n[k2hdkc]\ndocker_image = x\ntcp_ports = 8020,8021\n');
});

test('RabbitMQ can check the hash: salt, then SHA-256 of salt and password', t => {
	const bytes = Buffer.from(rabbitHash('secret'), 'base64');
	const salt = bytes.subarray(0, 4);
	t.deepEqual(bytes.subarray(4), createHash('sha256').update(Buffer.concat([salt, Buffer.from('secret')])).digest());
	t.is(rabbitHash('secret'), rabbitHash('secret'));
	t.not(rabbitHash('secret'), rabbitHash('other'));
});

test('no template holds a password of its own', t => {
	const directory = path.join(packageRoot, 'conf/sandbox');
	const lines = readdirSync(directory).filter(name => /\.(?:conf|ini|cnf)$/.test(name)).flatMap(name => readFileSync(path.join(directory, name), 'utf8').split('\n').filter(line => /^\s*(?:\w*password|\w*secret\w*)\s*=/.test(line)));
	t.true(lines.length > 5);
	t.deepEqual(lines.filter(line => !line.includes('{{secret.')), []);
});
