import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

/** The secrets of an environment by name. */
export const readSecrets = async (environment: string): Promise<ReadonlyMap<string, string>> =>
	new Map(Object.entries(JSON.parse(await readFile(path.join(environment, 'secrets.json'), 'utf8')) as Record<string, string>));

/** Names of the secrets that stand in a text: as they are, as base64, or as a URL writes them. */
export const secretsIn = (text: string, secrets: ReadonlyMap<string, string>): readonly string[] => [...secrets].flatMap(([name, secret]) => {
	const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
	return forms.some(form => text.includes(form)) ? [name] : [];
});

/** Every file below a directory that holds a secret, with the secrets' names. */
export const filesWithSecrets = async (directory: string, secrets: ReadonlyMap<string, string>): Promise<readonly string[]> => {
	const entries = await readdir(directory, {recursive: true, withFileTypes: true});
	const files = entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
	const found = await Promise.all(files.map(async file => {
		const names = secretsIn(await readFile(file, 'utf8'), secrets);
		return names.length > 0 ? [`${file}: ${names.join(', ')}`] : [];
	}));
	return found.flat();
};

const commandLines = async (): Promise<string[]> => {
	const numbers = (await readdir('/proc')).filter(entry => /^\d+$/.test(entry));
	return Promise.all(numbers.map(async number => readFile(`/proc/${number}/cmdline`, 'utf8').catch(() => '')));
};

/** Collects the command line of every process that is seen until `stop`. */
export const watchCommandLines = (): {readonly stop: () => Promise<ReadonlySet<string>>} => {
	const seen = new Set<string>();
	const over = new AbortController();
	const watching = (async () => {
		while (!over.signal.aborted) {
			for (const line of await commandLines()) {
				seen.add(line.replaceAll('\0', ' '));
			}

			await sleep(100);
		}
	})();
	return {
		async stop() {
			over.abort();
			await watching;
			return seen;
		},
	};
};
