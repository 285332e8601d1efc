import {setTimeout as sleep} from 'node:timers/promises';
import type {Answer, Cloud} from './cloud.js';

const port = 8779;

/** Trove takes 200 requests a minute of one kind and user by default, and tells when it takes the next. */
const askPatiently = async (cloud: Cloud, place: string, wanted: {readonly method?: string; readonly body?: unknown} = {}): Promise<Answer> => {
	const answer = await cloud.ask(port, place, wanted);
	if (answer.status !== 413) {
		return answer;
	}

	await sleep(Number((answer.body as {overLimit: {retryAfter: string}}).overLimit.retryAfter) * 1000);
	return askPatiently(cloud, place, wanted);
};

/** Trove's API as one project sees it. */
export const openTrove = (cloud: Cloud) => ({
	async ask<T>(method: string, place: string, body?: unknown): Promise<T> {
		const answer = await askPatiently(cloud, `/v1.0/${cloud.project}${place}`, {method, body});
		if (answer.status >= 400) {
			throw new Error(`${method} ${place} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
		}

		return answer.body as T;
	},
	/** Undefined when it is not there. */
	async find<T>(kind: 'cluster' | 'instance', id: string): Promise<T | undefined> {
		const {status, body} = await askPatiently(cloud, `/v1.0/${cloud.project}/${kind}s/${id}`);
		return status === 404 ? undefined : (body as Record<string, T>)[kind];
	},
});
