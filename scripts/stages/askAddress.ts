import type {Config} from '../config/schema.js';
import type {Machine} from '../machines/types.js';
import {proxyEnvironment} from '../sources/proxyEnvironment.js';

/** How an address came out that was asked for its head. `why` goes after the address: `answers 404`. */
export type Asked = {readonly state: 'answers'} | {readonly state: 'silent'; readonly why: string} | {readonly state: 'no curl'};

export type Asker = {readonly host: Pick<Machine, 'run'>; readonly config: Pick<Config, 'proxy' | 'timeouts'>};

/** Asks an http(s) address from the host, through the configured proxy. */
export const askAddress = async ({host, config}: Asker, url: string, signal: AbortSignal): Promise<Asked> => {
	// An authority of one's own would stand in place of those that the host trusts, which mirrors have theirs from.
	const env = proxyEnvironment({...config.proxy, caFile: null});
	const answer = await host.run([
		'curl', '--silent', '--show-error', '--location', '--head', '--max-time', String(20 * config.timeouts.scale), '--output', '/dev/null', '--write-out', '%{http_code}', url,
	], {allow: 'any', signal, env}).catch(() => undefined);
	if (answer === undefined) {
		return {state: 'no curl'};
	}

	const {stdout, stderr} = answer;
	if (stdout === '200') {
		return {state: 'answers'};
	}

	return {state: 'silent', why: stdout === '000' || stdout === '' ? `does not answer: ${stderr.trim()}` : `answers ${stdout}`};
};
