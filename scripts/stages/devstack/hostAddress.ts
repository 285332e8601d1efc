import {fail, pass} from '../checkResult.js';
import type {MachineFacts} from './facts.js';
import type {Judge} from './judge.js';

/** Addresses that could be meant where none is named: those of the interfaces with a default route. */
const candidates = ({addresses, defaultDevices}: Pick<MachineFacts, 'addresses' | 'defaultDevices'>): readonly string[] =>
	addresses.filter(({device}) => defaultDevices.includes(device)).map(({address}) => address);

/** The address that services answer at: the one that is named, or the only one that could be meant. */
export const chosenAddress = (facts: Pick<MachineFacts, 'addresses' | 'defaultDevices'>, {hostAddress: wanted}: {readonly hostAddress: string}): string | undefined => {
	if (wanted !== 'auto') {
		return wanted;
	}

	const found = candidates(facts);
	return found.length === 1 ? found[0] : undefined;
};

/** It is never guessed: where there are several, one must be named. */
export const hostAddress: Judge = {
	id: 'address', title: 'Address', stage: 'machine',
	judge(facts, {devstack: {hostAddress: wanted}}) {
		const all = facts.addresses.map(({device, address}) => `${address} (${device})`).join(', ');
		if (wanted !== 'auto') {
			return facts.addresses.some(({address}) => address === wanted)
				? pass(wanted)
				: fail('K2D3014', `devstack.hostAddress is ${wanted}, and the machine has ${all === '' ? 'no IPv4 address' : all}`, 'Name an address that it has: --set devstack.hostAddress=ADDRESS.');
		}

		const chosen = chosenAddress(facts, {hostAddress: wanted});
		if (chosen !== undefined) {
			return pass(`${chosen}, by the default route`);
		}

		const found = candidates(facts);
		return fail('K2D3014', found.length === 0
			? `no interface with a default route has an IPv4 address; the machine has ${all === '' ? 'none' : all}`
			: `several addresses could be meant: ${found.join(', ')}`, 'Name the one that services shall answer at: --set devstack.hostAddress=ADDRESS.');
	},
};
