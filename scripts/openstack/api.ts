import {ToolError} from '../errors/toolError.js';
import type {Machine} from '../machines/types.js';
import {httpRequest} from './http.js';

export type ApiRequest = {
	readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	readonly url: string;
	/** JSON, sent as such. */
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	/** Status codes that are answers; others throw K2D2305. Default: every 2xx. */
	readonly allow?: readonly number[];
	/** Seconds; default 60. */
	readonly timeout?: number;
};

export type ApiResponse = {
	readonly status: number;
	readonly headers: ReadonlyMap<string, string>;
	/** Parsed JSON; undefined where the body is none. */
	readonly body: unknown;
};

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
};

/** OpenStack's services differ in how they wrap a message; the innermost text is the one to show. */
const messageOf = (body: unknown): string => {
	if (typeof body === 'string') {
		return body;
	}

	const values = typeof body === 'object' && body !== null ? Object.entries(body) : [];
	const message = values.find(([name, value]) => name === 'message' && typeof value === 'string');
	return message ? String(message[1]) : values.map(([, value]) => messageOf(value)).find(text => text !== '') ?? '';
};

/** One request to a service, in JSON. @throws ToolError K2D2305 for a status that is not expected, K2D2306 when no answer comes. */
export const request = async (machine: Pick<Machine, 'connect'>, wanted: ApiRequest): Promise<ApiResponse> => {
	const {method = 'GET', url, body, headers, allow, timeout} = wanted;
	const answer = await httpRequest(machine, {
		method, url, headers: {...(body === undefined ? {} : {'Content-Type': 'application/json'}), ...headers},
		...(body === undefined ? {} : {body: JSON.stringify(body)}), ...(timeout === undefined ? {} : {timeout}),
	});
	const response = {status: answer.status, headers: answer.headers, body: parseJson(answer.body)};
	const expected = allow ? allow.includes(response.status) : response.status >= 200 && response.status < 300;
	if (!expected) {
		const message = messageOf(response.body);
		throw new ToolError('K2D2305', `${method} ${url} answered ${response.status}${message === '' ? '' : `: ${message}`}`);
	}

	return response;
};

type Credentials = {readonly user: string; readonly password: string; readonly project: string};

/** Base URL of each service, without a slash at the end. */
export type ServiceUrls = Readonly<Record<'identity' | 'image' | 'placement' | 'compute' | 'network' | 'volume' | 'objectStore' | 'database', string>>;

export type OpenstackApi = {
	/** With the administrator's token; fetched once and again when it is refused. */
	request: (wanted: ApiRequest) => Promise<ApiResponse>;
	readonly url: ServiceUrls;
	/** Id of the project whose token is used. */
	projectId: () => Promise<string>;
	/** The token itself, for a program that sends a file. */
	token: () => Promise<string>;
};

const authBody = ({user, password, project}: Credentials): unknown => ({
	auth: {
		identity: {methods: ['password'], password: {user: {name: user, domain: {id: 'default'}, password}}},
		scope: {project: {name: project, domain: {id: 'default'}}},
	},
});

/** Ports as Debian's packages and OpenStack's own documents have them. */
export const ports = {identity: 5000, image: 9292, placement: 8778, compute: 8774, network: 9696, volume: 8776, objectStore: 8080, database: 8779} as const;

/** Where the services are that each listen on a port of their own. */
export const urlsByPort = (address: string): ServiceUrls => {
	const base = (port: number, path = ''): string => `http://${address}:${port}${path}`;
	return {
		identity: base(ports.identity, '/v3'), image: base(ports.image, '/v2'), placement: base(ports.placement),
		compute: base(ports.compute, '/v2.1'), network: base(ports.network, '/v2.0'), volume: base(ports.volume, '/v3'),
		objectStore: base(ports.objectStore, '/v1'), database: base(ports.database, '/v1.0'),
	};
};

/** A client for the services, asked from `machine`. `credentials` is called at each login, since secrets may be read late. */
export const createApi = (machine: Pick<Machine, 'connect'>, url: ServiceUrls, credentials: () => Credentials): OpenstackApi => {
	let login: Promise<{token: string; project: string}> | undefined;
	const logIn = async (): Promise<{token: string; project: string}> => {
		const {headers, body} = await request(machine, {method: 'POST', url: `${url.identity}/auth/tokens`, body: authBody(credentials())});
		return {token: headers.get('x-subject-token') ?? '', project: (body as {token: {project: {id: string}}}).token.project.id};
	};

	const session = async (): Promise<{token: string; project: string}> => {
		login ??= logIn();
		try {
			return await login;
		} catch (error) {
			login = undefined;
			throw error;
		}
	};

	const send = async (wanted: ApiRequest): Promise<ApiResponse> => {
		const {token} = await session();
		return request(machine, {...wanted, headers: {'X-Auth-Token': token, ...wanted.headers}, allow: [...wanted.allow ?? [200, 201, 202, 203, 204], 401]});
	};

	return {
		url,
		projectId: async () => (await session()).project,
		token: async () => (await session()).token,
		async request(wanted) {
			const first = await send(wanted);
			if (first.status !== 401) {
				return first;
			}

			login = undefined;
			const second = await send(wanted);
			if (second.status === 401) {
				throw new ToolError('K2D2305', `${wanted.method ?? 'GET'} ${wanted.url} answered 401: the administrator's token is refused`);
			}

			return second;
		},
	};
};
