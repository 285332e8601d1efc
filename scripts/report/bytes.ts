const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size as a person reads it, with three digits at most: `512 B`, `1.5 GiB`. */
export const formatBytes = (bytes: number): string => {
	const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
	const value = bytes / (1024 ** step);
	return `${step === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[step]}`;
};
