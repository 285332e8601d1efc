import {once} from 'node:events';
import {createReadStream} from 'node:fs';
import {readFile, stat} from 'node:fs/promises';
import {request as httpRequest, type IncomingMessage} from 'node:http';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {parse} from 'yaml';
import {name} from './tool.js';

type CloudsYaml = {readonly clouds: Readonly<Record<string, {readonly auth: Readonly<Record<'auth_url' | 'username' | 'password' | 'project_name' | 'user_domain_id' | 'project_domain_id', string>>}>>};

/** A service's answer: status and JSON. */
export type Answer = {readonly status: number; readonly body: unknown};

export type Cloud = {
	/** Id of the administrator's project. */
	readonly project: string;
	/** Host of the addresses in clouds.yaml. */
	readonly address: string;
	readonly ask: (port: number, place: string, options?: {readonly method?: string; readonly body?: unknown}) => Promise<Answer>;
	/** Puts the content of a file. */
	readonly upload: (port: number, place: string, file: string) => Promise<void>;
};

/** Logs in from this host with nothing but what clouds.yaml says. */
export const openCloud = async (environment: string, cloud = `k2hdkc-${name}`): Promise<Cloud> => {
	const {clouds} = parse(await readFile(path.join(environment, 'clouds.yaml'), 'utf8')) as CloudsYaml;
	const {auth} = clouds[cloud]!;
	const identity = {methods: ['password'], password: {user: {name: auth.username, password: auth.password, domain: {id: auth.user_domain_id}}}};
	const scope = {project: {name: auth.project_name, domain: {id: auth.project_domain_id}}};
	const response = await fetch(`${auth.auth_url}/auth/tokens`, {
		method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({auth: {identity, scope}}),
	});
	const token = response.headers.get('x-subject-token') ?? '';
	const answer = await response.json() as {token?: {project: {id: string}}};
	if (!response.ok || !answer.token) {
		throw new Error(`Keystone answered ${response.status}: ${JSON.stringify(answer)}`);
	}

	const address = new URL(auth.auth_url).hostname;
	return {
		project: answer.token.project.id, address,
		async ask(port, place, {method = 'GET', body} = {}) {
			const got = await fetch(`http://${address}:${port}${place}`, {
				method, headers: {'X-Auth-Token': token, 'Content-Type': 'application/json'}, ...(body === undefined ? {} : {body: JSON.stringify(body)}),
			});
			const text = await got.text();
			return {status: got.status, body: text.startsWith('{') ? JSON.parse(text) : text};
		},
		async upload(port, place, file) {
			const sending = httpRequest(`http://${address}:${port}${place}`, {
				method: 'PUT', headers: {'X-Auth-Token': token, 'Content-Type': 'application/octet-stream', 'Content-Length': (await stat(file)).size},
			});
			const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
			await pipeline(createReadStream(file), sending);
			const [answer] = await answered;
			answer.resume();
			if (answer.statusCode !== 204) {
				throw new Error(`PUT ${place} answered ${answer.statusCode}`);
			}
		},
	};
};
