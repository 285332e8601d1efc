import {amqpLogin} from '../../openstack/amqp.js';
import {serviceStep} from './service.js';

export const mariadb = serviceStep({
	id: 'mariadb',
	title: 'MariaDB',
	needs: ['sandbox.machine'],
	files: [{template: 'mariadb.cnf', path: '/etc/mysql/mariadb.conf.d/90-k2hdkc-devstack.cnf', mode: 0o644}],
	units: ['mariadb'],
	ports: [3306],
	async ask({machine}) {
		const {stdout, code} = await machine.run(['mariadb', '--batch', '--skip-column-names'], {input: 'SELECT VERSION();', allow: 'any'});
		return code === 0 ? `MariaDB ${stdout.trim()} answers` : undefined;
	},
	expected: 6,
});

export const rabbitmq = serviceStep({
	id: 'rabbitmq',
	title: 'RabbitMQ',
	needs: ['sandbox.machine'],
	// RabbitMQ makes the user from the definitions when it starts: its command line tool takes seconds a call.
	files: [
		{template: 'rabbitmq-env.conf', path: '/etc/rabbitmq/rabbitmq-env.conf', mode: 0o644},
		{template: 'rabbitmq.conf', path: '/etc/rabbitmq/rabbitmq.conf', mode: 0o644},
		{template: 'rabbitmq-definitions.json', path: '/etc/rabbitmq/definitions.json', owner: 'root:rabbitmq'},
	],
	units: ['rabbitmq-server'],
	ports: [5672, 25_672],
	async ask({machine, secrets}) {
		const version = await amqpLogin(machine, {user: 'openstack', password: secrets.get('rabbit')});
		return version === undefined ? undefined : `RabbitMQ ${version} lets the user openstack in`;
	},
	expected: 12,
});

export const memcached = serviceStep({
	id: 'memcached',
	title: 'memcached',
	needs: ['sandbox.machine'],
	files: [{template: 'memcached.conf', path: '/etc/memcached.conf', mode: 0o644}],
	units: ['memcached'],
	ports: [11_211],
	async ask({machine}) {
		const {stdout} = await machine.run(['curl', '--silent', '--max-time', '2', 'telnet://127.0.0.1:11211'], {input: 'version\r\nquit\r\n', allow: 'any'});
		return stdout.startsWith('VERSION') ? `memcached ${stdout.trim().split(' ')[1] ?? ''} answers` : undefined;
	},
	expected: 2,
});
