import process from 'node:process';
import {createInterface} from 'node:readline/promises';
import {ToolError} from '../errors/toolError.js';
import type {CommandContext} from './context.js';

/**
 * Asks before data is deleted, unless --yes answered already. True when it may go on.
 * @throws ToolError K2D1008 where nobody can be asked.
 */
export const confirmDeletion = async (context: CommandContext, question: string, yes: boolean): Promise<boolean> => {
	if (yes) {
		return true;
	}

	if (!context.interactive) {
		throw new ToolError('K2D1008', `${question} There is no terminal to ask on.`, {remedy: 'Add --yes if the data may go.'});
	}

	const reader = createInterface({input: process.stdin, output: process.stderr});
	try {
		const answer = await reader.question(`${question} [y/N] `, {signal: context.signal});
		return /^y(?:es)?$/iu.test(answer.trim());
	} finally {
		reader.close();
	}
};
