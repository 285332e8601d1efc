/** A line of sources.list whose lists are verified by that key. */
export const signedEntry = (entry: string, keyFile: string): string => {
	const [, options, rest = ''] = /^deb\s+(?:\[(.*?)]\s+)?(.*)$/.exec(entry.trim()) ?? [];
	const others = (options ?? '').split(' ').filter(option => option !== '' && !option.startsWith('signed-by='));
	return `deb [${[`signed-by=${keyFile}`, ...others].join(' ')}] ${rest}`;
};
