import type {JobState} from './types.js';

const endings = new Set(['timeout', 'idle', 'killed'] as const);
type EndedBy = typeof endings extends Set<infer T> ? T : never;

const isEndedBy = (word: string): word is EndedBy => (endings as Set<string>).has(word);

/** Reads what the shell functions of jobState say: `none`, `lost`, `running PID TIME` or `ended BY CODE`. */
export const parseJobState = (text: string): JobState => {
	const [state, first = '', second = ''] = text.trim().split(' ');
	switch (state) {
		case 'none':
		case 'lost': {
			return {state};
		}

		case 'running': {
			return {state, pid: Number(first), startedAt: second};
		}

		case 'ended': {
			return {state, code: Number(second), ...(isEndedBy(first) && {by: first})};
		}

		default: {
			throw new Error(`not the state of a job: ${JSON.stringify(text)}`);
		}
	}
};
