import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {CommandRun} from '../cli/context.js';
import {packageRoot} from '../packageRoot.js';
import {formatTable} from '../report/table.js';

export type Versions = {readonly version: string; readonly node: string; readonly platform: string};

/** Version of the tool, of Node and of the system below. */
export const versions = async (): Promise<Versions> => {
	const manifest = JSON.parse(await readFile(path.join(packageRoot, 'package.json'), 'utf8')) as {readonly version: string};
	return {version: manifest.version, node: process.versions.node, platform: `${process.platform} ${process.arch}`};
};

export const version: CommandRun = async context => {
	const facts = await versions();
	context.stdout.line(context.json
		? JSON.stringify(facts, undefined, 2)
		: formatTable([['k2hdkc-devstack', facts.version], ['node', facts.node], ['platform', facts.platform]], '').join('\n'));
	return 0;
};
