import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {packageRoot} from '../../scripts/packageRoot.js';
import type {Bench, Figure} from './figure.js';
import {time, tool} from './measure.js';

/** Seconds by what is done, from one request for all to the last of them. */
type Boot = {readonly active: number; readonly booted: number};
type Boots = Readonly<Record<string, {readonly incus: Boot; readonly nova: Boot & {readonly memory: readonly number[]}}>>;

const flags = ['--with', 'compute', ...(process.env.K2HDKC_BENCH_FLAGS ?? '').split(' ').filter(word => word !== '')];

const mebibyte = 1024 * 1024;

const figuresOf = (count: string, {incus, nova}: Boots[string]): readonly Figure[] => {
	const servers = count === '1' ? '1 server' : `${count} servers`;
	return [
		{what: `${servers}: incus launch`, value: incus.active, unit: 's'},
		{what: `${servers}: incus launch, systemd done`, value: incus.booted, unit: 's'},
		{
			what: `${servers}: by Nova, ACTIVE`, value: nova.active, unit: 's', of: [{value: incus.active, words: 'incus launch'}],
			...(count === '1' && {budget: {value: 5, words: 'fixed'}}),
		},
		{what: `${servers}: by Nova, systemd done`, value: nova.booted, unit: 's', of: [{value: incus.booted, words: 'incus launch, systemd done'}]},
		{what: `${servers}: memory of each`, value: nova.memory.reduce((sum, bytes) => sum + bytes, 0) / nova.memory.length / mebibyte, unit: 'MiB'},
	];
};

export const guests: Bench = {
	title: 'servers of the guest image side by side, image cached, against containers of the same image by Incus alone; one server by Nova is the middle of three, all others once',
	async run() {
		const script = await readFile(path.join(packageRoot, 'test/bench/guestBoot.py'), 'utf8');
		const {code, output} = await time(tool('shell', ...flags), `python3 - <<'END-OF-SCRIPT'\n${script}\nEND-OF-SCRIPT\n`);
		const document = output.split('\n').findLast(line => line.startsWith('{'));
		if (code !== 0 || document === undefined) {
			return {skip: `needs an environment with a compute host and a guest image in Glance: ${output.trim().split('\n').at(-1) ?? ''}`};
		}

		return Object.entries(JSON.parse(document) as Boots).flatMap(([count, boots]) => figuresOf(count, boots));
	},
};
