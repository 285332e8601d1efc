import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {renderSkip} from '../runner/tally.js';
import {findCommand, installPackages} from './debianPackages.js';

export type Needs = {
	readonly root?: true;
	/** Commands and the Debian packages that bring them: `{sshd: 'openssh-server'}`. Root gets what is missing installed. */
	readonly commands?: Readonly<Record<string, string>>;
	/** Why the test cannot run, found out by the test itself; undefined when it can. */
	readonly missing?: string | undefined;
};

const isRoot = (): boolean => process.getuid?.() === 0;

const missingCommands = async (commands: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> => {
	const missing = new Map<string, string>();
	for (const [command, debianPackage] of Object.entries(commands)) {
		if (await findCommand(command) === undefined) {
			missing.set(command, debianPackage);
		}
	}

	return missing;
};

const reasonForCommands = async (commands: Readonly<Record<string, string>>): Promise<string | undefined> => {
	const missing = await missingCommands(commands);
	if (missing.size === 0) {
		return undefined;
	}

	const packages = [...new Set(missing.values())];
	if (!isRoot() || await findCommand('apt-get') === undefined) {
		return `${[...missing.keys()].join(', ')} not found; install ${packages.join(' ')}`;
	}

	return installPackages(packages);
};

const reasonAgainst = async ({root, commands = {}, missing}: Needs): Promise<string | undefined> => {
	if (root && !isRoot()) {
		return 'needs root';
	}

	return missing ?? reasonForCommands(commands);
};

const sourceOf = (compiled: string): string => {
	const file = fileURLToPath(compiled);
	return file.slice(file.lastIndexOf(`${path.sep}dist${path.sep}`) + '/dist/'.length).replace(/\.js$/, '.ts');
};

/**
 * First line of a test that not every machine can run: `if (!await needs(t, {root: true, commands: {sshd: 'openssh-server'}})) return;`
 * False means that the test is skipped: the reason is printed and counted. A test that may be skipped in CI is named in test/optional.json.
 */
export const needs = async (t: ExecutionContext, wanted: Needs): Promise<boolean> => {
	const reason = await reasonAgainst(wanted);
	if (reason === undefined) {
		return true;
	}

	t.log(renderSkip({id: `${sourceOf(test.meta.file)} › ${t.title}`, reason: reason.replaceAll(/\s+/g, ' ')}));
	// AVA cannot skip a test that runs, and refuses one without an assertion; the tally counts it as skipped, not as passed.
	t.pass();
	return false;
};
