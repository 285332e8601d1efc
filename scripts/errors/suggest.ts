/** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other. */
const distance = (from: string, to: string): number => {
	let beforeLast: number[] = [];
	let last = Array.from({length: to.length + 1}, (_, index) => index);
	for (let row = 1; row <= from.length; row++) {
		const current = [row];
		for (let column = 1; column <= to.length; column++) {
			const same = from[row - 1] === to[column - 1];
			const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
			current.push(Math.min(
				last[column]! + 1,
				current[column - 1]! + 1,
				last[column - 1]! + (same ? 0 : 1),
				swapped ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY,
			));
		}

		beforeLast = last;
		last = current;
	}

	return last[to.length]!;
};

/** The known word that was most likely meant, or undefined when none is near. Case does not count. */
export const suggest = (word: string, known: readonly string[]): string | undefined => {
	const wanted = word.toLowerCase();
	const limit = Math.max(1, Math.floor(wanted.length / 3));
	const ranked = known
		.map(candidate => ({candidate, edits: distance(wanted, candidate.toLowerCase())}))
		.toSorted((a, b) => a.edits - b.edits);
	const best = ranked[0];
	if (best && best.edits <= limit) {
		return best.candidate;
	}

	const longer = wanted.length >= 3 ? known.filter(candidate => candidate.toLowerCase().includes(wanted)) : [];
	return longer.length === 1 ? longer[0] : undefined;
};

/** ` Did you mean "keystone"?` with a leading blank, or nothing: to be put after a sentence. */
export const didYouMean = (word: string, known: readonly string[]): string => {
	const meant = suggest(word, known);
	return meant === undefined ? '' : ` Did you mean "${meant}"?`;
};
