import {readFile} from 'node:fs/promises';

/** A block of commands of docs/usage.md. */
export type Block = {
	/** What is needed for them, as the word behind `sh` says; nothing where only the environment is. */
	readonly needs: string;
	readonly text: string;
};

/** In the order of the page. */
export const readBlocks = async (): Promise<readonly Block[]> =>
	[...(await readFile('docs/usage.md', 'utf8')).matchAll(/^```sh(?: (?<needs>\w+))?\n(?<text>.*?)^```/gms)]
		.map(({groups}) => ({needs: groups?.needs ?? '', text: groups?.text ?? ''}));

/** Each on one line. */
export const commandsOf = ({text}: Block): readonly string[] => text.replaceAll(/\\\n\s*/g, '').split('\n').filter(line => line !== '');
