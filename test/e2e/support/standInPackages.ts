import {cp, mkdir, mkdtemp, rm, symlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {packTree} from '../../fixtures/debianArchive.js';

const version = '1.0.19-1';

/** Which of the programs each package of K2HDKC has. */
const programs = {chmpx: ['chmpx', 'chmpxlinetool', 'chmpxstatus'], k2hdkc: ['k2hdkc'], 'k2hash-utils': ['k2hlinetool']};

/** A directory for what a package installs, for as long as `fill` and the packing take. */
const pack = async (into: string, fields: {readonly name: string; readonly depends?: string}, fill: (tree: string) => Promise<void>): Promise<void> => {
	const tree = await mkdtemp(path.join(tmpdir(), 'k2hdkc-package-'));
	try {
		await fill(tree);
		await packTree(tree, {...fields, version}, path.join(into, `${fields.name}_${version}_all.deb`));
	} finally {
		await rm(tree, {recursive: true});
	}
};

/** STAND-INS for the packages of K2HDKC. They need Node. */
export const packStandIns = async (into: string, depends = 'nodejs'): Promise<void> => {
	for (const [name, files] of Object.entries(programs)) {
		await pack(into, {name, depends}, async tree => {
			const home = path.join(tree, 'usr/lib', name);
			await mkdir(path.join(tree, 'usr/bin'), {recursive: true});
			await cp('test/fixtures/k2hdkcStandIn/lib', path.join(home, 'lib'), {recursive: true});
			for (const file of files) {
				await cp(path.join('test/fixtures/k2hdkcStandIn/bin', file), path.join(home, 'bin', file));
				await symlink(`../lib/${name}/bin/${file}`, path.join(tree, 'usr/bin', file));
			}
		});
	}
};

const node = 'k2hdkc-stand-in-node';

/** STAND-INS for all packages of a slave node. They bring the Node.js of this host, so that nothing else is installed. */
export const packSlaveStandIns = async (into: string): Promise<void> => {
	await pack(into, {name: node}, async tree => {
		await mkdir(path.join(tree, 'usr/bin'), {recursive: true});
		await cp(process.execPath, path.join(tree, 'usr/bin/node'), {dereference: true});
	});
	await packStandIns(into, node);
	await pack(into, {name: 'k2hr3-get-resource'}, async tree => cp('test/fixtures/slaveStandIn', path.join(tree, 'usr/libexec'), {recursive: true, filter: file => !file.endsWith('.md')}));
};
