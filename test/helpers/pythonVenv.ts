import {runCommand} from './runCommand.js';

/** Why Python makes no virtual environments here; undefined when it does. */
export const venvMissing = async (): Promise<string | undefined> => {
	const {code} = await runCommand('python3', ['-c', 'import ensurepip, venv']);
	return code === 0 ? undefined : 'python3 makes no virtual environments; install python3-venv';
};
