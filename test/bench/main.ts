import process from 'node:process';
import {cached} from './cached.js';
import {cold} from './cold.js';
import {entrypoint} from './entrypoint.js';
import {guests} from './guests.js';
import {images} from './images.js';
import {renderFigure, type Bench, type Result} from './figure.js';
import {again, plan} from './finished.js';
import {memory} from './memory.js';
import {startup} from './startup.js';

const benches: Readonly<Record<string, Bench>> = {startup, plan, again, memory, cold, cached, images, guests, entrypoint};

const render = (result: Result): readonly string[] =>
	'skip' in result ? [`  skipped: ${result.skip}`] : result.map(figure => renderFigure(figure));

const runAll = async (names: readonly string[]): Promise<void> => {
	const cleanUps = new Set<() => Promise<void>>();
	try {
		for (const name of names) {
			const bench = benches[name]!;
			console.log(`${name}: ${bench.title}`);
			if (bench.cleanUp) {
				cleanUps.add(bench.cleanUp);
			}

			console.log(`${render(await bench.run()).join('\n')}\n`);
		}
	} finally {
		for (const cleanUp of cleanUps) {
			await cleanUp();
		}
	}
};

const names = process.argv.slice(2);
const unknown = names.filter(name => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
	console.error(`No such bench: ${unknown.join(', ')}. There are ${Object.keys(benches).join(', ')}.`);
	process.exitCode = 2;
} else {
	await runAll(names.length > 0 ? names : Object.keys(benches));
}
