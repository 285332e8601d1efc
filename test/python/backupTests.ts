import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';

const tests = path.resolve('test/python/backup');

/** What the program of the backup image runs of Trove. */
const sources = ['main.py', 'drivers/base.py', 'storage/base.py', 'storage/swift.py'];

const hashOf = async (tree: string): Promise<string> => {
	const hash = createHash('sha256');
	for (const file of sources) {
		hash.update(await readFile(path.join(tree, 'backup', file)));
	}

	return hash.digest('hex');
};

/**
 * Arguments of `unittest discover` for the backup image on the source trees of one release after the other. Failures are
 * tested where what the image runs of Trove is not the same as in a tree of before; what the release itself calls, on each.
 */
export const chooseBackupTests = (): (tree: string) => Promise<readonly string[]> => {
	const seen = new Set<string>();
	return async tree => {
		const hash = await hashOf(tree);
		const pattern = seen.has(hash) ? 'test_releases.py' : 'test_*.py';
		seen.add(hash);
		return ['-s', tests, '-t', tests, '-p', pattern];
	};
};
