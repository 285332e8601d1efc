import {stripVTControlCharacters} from 'node:util';

const codes = {
	bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39],
} as const;

export type Style = Readonly<Record<keyof typeof codes, (text: string) => string>>;

/** Functions that colour a text, or return it as it is when `color` is false. */
export const createStyle = (color: boolean): Style => Object.fromEntries(Object.entries(codes).map(([name, [open, close]]) => [
	name,
	color ? (text: string) => `\u001B[${open}m${text}\u001B[${close}m` : (text: string) => text,
])) as Style;

/** Takes out escape sequences and control characters, so that output of a command cannot move the cursor or colour our text. */
export const plainText = (text: string): string =>
	stripVTControlCharacters(text).replaceAll(/(?![\t\n])\p{Cc}/gu, '');

/** Cuts a text without escape sequences to `width` columns, with an ellipsis where something is missing. */
export const truncate = (text: string, width: number): string => {
	const characters = [...text];
	return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
};
