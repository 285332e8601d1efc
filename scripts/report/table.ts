import {stripVTControlCharacters} from 'node:util';

const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

/**
 * Rows as aligned columns, two spaces apart, without trailing spaces; cells may be coloured. A row may be shorter than the others.
 * The last column is not padded, so long sentences belong there.
 */
export const formatTable = (rows: ReadonlyArray<readonly string[]>, indent = '  '): string[] => {
	const widths: number[] = [];
	for (const row of rows) {
		for (const [column, cell] of row.entries()) {
			widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
		}
	}

	return rows.map(row => {
		const cells = row.map((cell, column) => column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)));
		return `${indent}${cells.join('  ')}`.trimEnd();
	});
};
