import process from 'node:process';

const caught = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type CaughtSignal = (typeof caught)[number];

export type Signals = {
	/** Aborted by the first signal, with the signal's name as reason: stop cleanly and keep the state. */
	readonly stop: AbortSignal;
	/** Aborted by the second: end the running jobs as well. */
	readonly kill: AbortSignal;
	readonly release: () => void;
};

/** Catches Ctrl-C, termination and hang-up. A third signal ends the process at once. */
export const catchSignals = (): Signals => {
	const [stop, kill] = [new AbortController(), new AbortController()];
	const handle = (signal: CaughtSignal): void => {
		if (kill.signal.aborted) {
			release();
			process.kill(process.pid, signal);
		} else if (stop.signal.aborted) {
			kill.abort(signal);
		} else {
			stop.abort(signal);
		}
	};

	const release = (): void => {
		for (const signal of caught) {
			process.off(signal, handle);
		}
	};

	for (const signal of caught) {
		process.on(signal, handle);
	}

	return {stop: stop.signal, kill: kill.signal, release};
};
