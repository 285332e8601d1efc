import type {CommandRun} from '../cli/context.js';
import {commands} from '../cli/commandTable.js';
import {completionScript} from '../cli/completion.js';

export const completion: CommandRun = async context => {
	context.stdout.write(completionScript(commands));
	return 0;
};
