import {fail, pass} from '../checkResult.js';
import type {MachineFacts} from './facts.js';
import type {Judge} from './judge.js';

/** Addresses that could be meant where none is named: those of the interfaces with a default route. */
const candidates = ({addresses, defaultDevices}: Pick<MachineFacts, 'addresses' | 'defaultDevices'>): readonly string[] =>
	addresses.filter(({device}) => defaultDevices.includes(device)).map(({address}) => address);

/** The address that services answer at. It is never guessed: where there are several, one must be named. */
export const hostAddress: Judge = {
	id: 'address', title: 'Address', stage: 'machine',
	judge(facts, {devstack: {hostAddress: wanted}}) {
		const all = facts.addresses.map(({device, address}) => `${address} (${device})`).join(', ');
		if (wanted !== 'auto') {
			return facts.addresses.some(({address}) => address === wanted)
				? pass(wanted)
				: fail('K2D3014', `devstack.hostAddress is ${wanted}, and the machine has ${all === '' ? 'no IPv4 address' : all}`, 'Name an address that it has: --set devstack.hostAddress=ADDRESS.');
		}

		const found = candidates(facts);
		if (found.length === 1) {
			return pass(`${found[0]}, by the default route`);
		}

		return fail('K2D3014', found.length === 0
			? `no interface with a default route has an IPv4 address; the machine has ${all === '' ? 'none' : all}`
			: `several addresses could be meant: ${found.join(', ')}`, 'Name the one that services shall answer at: --set devstack.hostAddress=ADDRESS.');
	},
};
