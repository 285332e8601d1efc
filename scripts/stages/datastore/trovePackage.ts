import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Machine} from '../../machines/types.js';
import type {Probe} from '../../pipeline/types.js';
import {installSource, uninstall} from '../pythonPackage.js';
import {packageSource, readProject} from './patchList.js';

/** What the tool needs of what `python3 -m trove_k2hdkc` prints. */
export type InstalledPackage = {
	readonly version: string;
	/** Directory with config.template and validation-rules.json. */
	readonly templates: string;
	readonly rules: string;
};

/** Where Trove looks for the templates of this manager, whatever the datastore is called. */
export const troveTemplates = '/etc/trove/templates/k2hdkc';

type Runs = Pick<Machine, 'run'>;

/** Version in the source of the package, which is what an installation should have. */
export const packageVersion = async (): Promise<string> =>
	readProject(await readFile(path.join(packageSource, 'pyproject.toml'), 'utf8')).version;

/** The installed package, or undefined when python3 finds none. */
export const installedPackage = async (machine: Runs): Promise<InstalledPackage | undefined> => {
	const {code, stdout} = await machine.run(['python3', '-m', 'trove_k2hdkc'], {cwd: '/', timeout: 60, allow: [0, 1]});
	return code === 0 ? JSON.parse(stdout) as InstalledPackage : undefined;
};

/** Prints what the package says of itself, and `same` when its templates are those in the directory $1. */
const probeScript = `
installed=$(python3 -m trove_k2hdkc) || exit 1
printf '%s\\n' "$installed"
from=$(printf '%s' "$installed" | sed 's/.*"templates": "\\([^"]*\\)".*/\\1/')
diff -rq -- "$from" "$1" >/dev/null 2>&1 && echo same || echo differs
`;

/** Whether the package of this version is installed and its templates are where Trove reads them. */
export const packageProbe = async (machine: Runs, templates = troveTemplates): Promise<Probe> => {
	const [looked, wanted] = await Promise.all([machine.run(['sh', '-c', probeScript, 'sh', templates], {cwd: '/', timeout: 60, allow: [0, 1]}), packageVersion()]);
	const [line = '', difference] = looked.stdout.split('\n');
	const installed = looked.code === 0 ? JSON.parse(line) as InstalledPackage : undefined;
	if (!installed) {
		return {state: 'absent', evidence: 'python3 finds no package trove-k2hdkc.'};
	}

	if (installed.version !== wanted) {
		return {state: 'broken', evidence: `trove-k2hdkc ${installed.version} is installed, ${wanted} is wanted.`};
	}

	return difference === 'same'
		? {state: 'present', evidence: `trove-k2hdkc ${wanted} is installed, with its templates in ${templates}.`}
		: {state: 'broken', evidence: `${templates} differs from the templates of trove-k2hdkc.`};
};

const templatesScript = `
templates=$1
from=$(python3 -c 'import os, trove_k2hdkc; print(os.path.dirname(trove_k2hdkc.__file__))')/templates/k2hdkc
rm -rf "$templates"
install -d -m 755 "$(dirname "$templates")" "$templates"
install -m 644 "$from"/* "$templates/"
`;

/** Installs the package beside Trove and puts its templates where Trove reads them. */
export const installPackage = async (machine: Pick<Machine, 'run' | 'upload'>, templates = troveTemplates): Promise<void> => {
	await installSource(machine, packageSource);
	await machine.run(['sh', '-euc', templatesScript, 'sh', templates], {cwd: '/', timeout: 60});
};

/** Takes package and templates away again; nothing happens when they are gone. */
export const removePackage = async (machine: Runs, templates = troveTemplates): Promise<void> => {
	await machine.run(['rm', '-rf', templates]);
	if (await installedPackage(machine)) {
		await uninstall(machine, 'trove-k2hdkc');
	}
};
