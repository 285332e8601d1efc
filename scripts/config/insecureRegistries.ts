import {BlockList, isIP} from 'node:net';
import type {Setting} from './schema/values.js';

/** What an entry of `docker_insecure_registries` may be, in words. */
export const registryForms = 'registries as docker names them, HOST:PORT or a range such as 192.0.2.0/24';

/** Registries that a value names: a list, or one text with commas as oslo.config takes it. */
export const registriesOf = (value: Setting | undefined): readonly string[] => {
	const entries = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
	return entries.map(entry => entry.trim()).filter(entry => entry !== '');
};

type Range = {readonly address: string; readonly bits: number; readonly family: 'ipv4' | 'ipv6'};

const rangeOf = (entry: string): Range | undefined => {
	const [address = '', bits = '', ...rest] = entry.split('/');
	const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
	const isRange = isIP(address) !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv4' ? 32 : 128);
	return isRange ? {address, bits: Number(bits), family} : undefined;
};

/** Whether docker takes it; it ends at its start when it does not. */
export const isRegistry = (entry: string): boolean =>
	rangeOf(entry) !== undefined || /^(?:\[[\da-f:.]+]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)(?::\d{1,5})?$/i.test(entry);

/** Whether docker asks a registry, HOST[:PORT], without TLS: it is named as it is, or its address lies in a range. Names are not resolved. */
export const isWithoutTls = (registry: string, named: readonly string[]): boolean => {
	const host = registry.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
	return named.some(entry => {
		const range = rangeOf(entry);
		if (range === undefined || isIP(host) !== (range.family === 'ipv4' ? 4 : 6)) {
			return entry === registry;
		}

		const list = new BlockList();
		list.addSubnet(range.address, range.bits, range.family);
		return list.check(host, range.family);
	});
};
