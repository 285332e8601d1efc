import type {Cloud} from './cloud.js';

const port = 8779;

/** Trove's API as one project sees it. */
export const openTrove = (cloud: Cloud) => ({
	async ask<T>(method: string, place: string, body?: unknown): Promise<T> {
		const answer = await cloud.ask(port, `/v1.0/${cloud.project}${place}`, {method, body});
		if (answer.status >= 400) {
			throw new Error(`${method} ${place} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
		}

		return answer.body as T;
	},
	/** Undefined when it is not there. */
	async find<T>(kind: 'cluster' | 'instance', id: string): Promise<T | undefined> {
		const {status, body} = await cloud.ask(port, `/v1.0/${cloud.project}/${kind}s/${id}`);
		return status === 404 ? undefined : (body as Record<string, T>)[kind];
	},
});
