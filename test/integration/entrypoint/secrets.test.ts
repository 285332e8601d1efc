import {chmod, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {Fault} from '../../fixtures/k2hdkcStandIn/k2hr3.js';
import {findCommand} from '../../helpers/debianPackages.js';
import {command, nodeTest, startHealthyNode, type Place} from './node.js';

/** Notes every command line of curl before the real one runs: the only program that is given a token. */
const noteCommandLines = async (place: Place): Promise<string> => {
	const notes = path.join(place.root, 'command-lines');
	const shim = path.join(place.bin, 'curl');
	await writeFile(shim, `#!/bin/sh\nprintf '%s\\n' "curl $*" >>${notes}\nexec ${await findCommand('curl')} "$@"\n`);
	await chmod(shim, 0o755);
	return notes;
};

/** A file of a running node as it is now; what the node has removed meanwhile holds nothing. */
const contentOf = async (file: string): Promise<string> => {
	try {
		return await readFile(file, 'latin1');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
			return '';
		}

		throw error;
	}
};

const leaks = (text: string, {k2hr3}: Place): readonly string[] => k2hr3.secrets.filter(secret => text.includes(secret) || text.includes(decodeURIComponent(secret)));

nodeTest('tokens are on no command line, in no file and in no output', async (t, place) => {
	const notes = await noteCommandLines(place);
	const node = await startHealthyNode(t, place);
	for (const pid of [await node.pidOf('chmpx'), await node.pidOf('k2hdkc')]) {
		t.deepEqual(leaks(await readFile(`/proc/${pid}/environ`, 'latin1'), place), [], 'environment of a program');
	}

	for (const directory of [place.runDir, place.configDir, place.dataDir]) {
		for (const file of await readdir(directory)) {
			t.deepEqual(leaks(await contentOf(path.join(directory, file)), place), [], file);
		}
	}

	place.k2hr3.fail((): Fault => ({status: 400, body: `you asked with ${place.k2hr3.secrets.join(' and ')}`}));
	await node.saw('could not be refreshed');
	node.child.kill('SIGTERM');
	await node.ended();
	t.deepEqual(leaks(node.output(), place), []);
	const lines = await readFile(notes, 'utf8');
	t.true(lines.split('\n').length > 3);
	t.deepEqual(leaks(lines, place), []);
});

nodeTest('tokens are in no message about what K2HR3 refuses', async (t, place) => {
	for (const what of ['GET extdata', 'PUT role', 'GET resource']) {
		place.k2hr3.fail((asked): Fault => asked === what ? {status: 403, body: `you asked with ${place.k2hr3.secrets.join(' and ')}`} : 'none');
		const {code, stdout, stderr} = await command(place, ['start']);
		t.is(code, 5);
		t.regex(stderr, /you asked with \*{3}/);
		t.deepEqual(leaks(stdout + stderr, place), []);
	}
});
