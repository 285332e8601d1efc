/** Seconds as a person says them: `0.4s`, `12s`, `1m30s`, `2m`, `1h05m`. */
export const formatDuration = (seconds: number): string => {
	if (!Number.isFinite(seconds) || seconds < 0) {
		return '0s';
	}

	if (seconds < 9.95) {
		const tenths = Math.round(seconds * 10) / 10;
		return `${tenths}s`;
	}

	const whole = Math.round(seconds);
	const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
	if (hours > 0) {
		return minutes === 0 ? `${hours}h` : `${hours}h${String(minutes).padStart(2, '0')}m`;
	}

	if (minutes > 0) {
		return rest === 0 ? `${minutes}m` : `${minutes}m${String(rest).padStart(2, '0')}s`;
	}

	return `${rest}s`;
};

/** `1m30s of about 2m`; only the elapsed time when nothing is expected. */
export const formatElapsed = (elapsed: number, expected: number): string =>
	expected > 0 ? `${formatDuration(Math.floor(elapsed))} of about ${formatDuration(expected)}` : formatDuration(Math.floor(elapsed));
