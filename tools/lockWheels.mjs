// Makes images/guest/wheels anew: for each Python of a suite whose guest agent runs on wheels, those that meet what the sources of Trove of all
// releases it serves ask for together. Needs the Python package index; run after `npm run build` as `node tools/lockWheels.mjs`.
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {guestSuites} from '../dist/scripts/config/guestSuites.js';
import {loadConfig} from '../dist/scripts/config/load.js';
import {parseTroveSource} from '../dist/scripts/config/troveSource.js';
import {createLocalMachine} from '../dist/scripts/machines/local.js';
import {fetchTrove} from '../dist/scripts/sources/trove.js';
import {fetchWheels} from '../dist/scripts/sources/wheels.js';

/** Nothing younger: one day for all, so that the lists differ only by what Python asks for. */
const newest = '2025-10-15T00:00:00Z';
/** The C library of the oldest suite takes it. */
const platform = 'x86_64-manylinux_2_28';
/** What builds Trove and our package, without an index. */
const builders = ['setuptools>=66', 'wheel'];

const machine = createLocalMachine();
const {config: {sources}} = loadConfig({flags: {}, cwd: '/', env: {}});
const access = {machine, debian: sources.debian, python: sources.python, env: {}};
const work = await mkdtemp(path.join(tmpdir(), 'k2hdkc-wheels-'));
const uv = async (...words) => machine.run([`${work}/venv/bin/uv`, 'pip', 'compile', '--quiet', '--no-annotate', '--no-header', ...words], {timeout: 600});

/** The file with the requirements of a release's Trove. master's source is not on the index: the build tells when it asks for more. */
const requirementsOf = async release => {
	const into = `${work}/trove-${release}`;
	await mkdir(into, {recursive: true});
	const {root} = await fetchTrove(parseTroveSource(sources.trove[release]), into, access);
	return `${root}/requirements.txt`;
};

const nameOf = file => file.split('-')[0].replaceAll(/[-_.]+/g, '-').toLowerCase();

const lock = async ({python, releases}, requirements) => {
	const [list, wheels] = [`${work}/python${python}.txt`, `${work}/python${python}`];
	const asked = releases.flatMap(release => requirements.get(release) ?? []);
	await uv(`--exclude-newer=${newest}`, `--python-version=${python}`, `--python-platform=${platform}`, '--only-binary=:all:', `--output-file=${list}`, ...asked, `${work}/builders.in`);
	await fetchWheels({list, what: `wheels for Python ${python}`, python}, wheels, access);
	const sums = new Map();
	for (const file of await readdir(wheels)) {
		sums.set(nameOf(file), createHash('sha256').update(await readFile(path.join(wheels, file))).digest('hex'));
	}

	const pins = (await readFile(list, 'utf8')).trim().split('\n');
	await writeFile(new URL(`../images/guest/wheels/python${python}.txt`, import.meta.url), pins.map(pin => `${pin} --hash=sha256:${sums.get(pin.split('==')[0])}\n`).join(''));
	console.log(`Python ${python}: ${pins.length} wheels`);
};

try {
	await machine.script(`python3 -m venv '${work}/venv' && '${work}/venv/bin/pip' install --quiet uv`, {timeout: 300});
	await writeFile(`${work}/builders.in`, builders.join('\n'));
	const requirements = new Map();
	for (const release of Object.keys(sources.trove).filter(release => release !== 'master')) {
		requirements.set(release, await requirementsOf(release));
	}

	for (const suite of Object.values(guestSuites).filter(({agent}) => agent === 'wheels')) {
		await lock(suite, requirements);
	}
} finally {
	await machine.close();
	await rm(work, {recursive: true, force: true});
}
