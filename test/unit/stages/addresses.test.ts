import test from 'ava';
import fc from 'fast-check';
import {allocationPool, chooseAddresses, lastAddress, usedRanges, type Wanted} from '../../../scripts/stages/addresses.js';

const auto: Wanted = {pool: ['10.213.0.0/16', '172.29.0.0/16'], management: 'auto', private: 'auto', public: 'auto'};

test('three ranges from the pool, one after the other', t => {
	t.deepEqual(chooseAddresses(auto, []), {
		managementCidr: '10.213.0.0/24', privateCidr: '10.213.1.0/24', publicCidr: '10.213.2.0/24',
		host: '10.213.0.1', machine: '10.213.0.2', prefix: 24, publicGateway: '10.213.2.1',
	});
});

test('ranges that a route covers, touches or lies within are passed over', t => {
	for (const [used, management] of [
		[['10.213.0.0/24'], '10.213.1.0/24'],
		[['10.213.0.77/32'], '10.213.1.0/24'],
		[['10.213.0.0/23'], '10.213.2.0/24'],
		[['10.0.0.0/8'], '172.29.0.0/24'],
		[['192.0.2.0/24'], '10.213.0.0/24'],
	] as const) {
		t.is(chooseAddresses(auto, used).managementCidr, management, used.join(' '));
	}
});

test('a fixed range is kept, and those left to the tool go round it', t => {
	const {managementCidr, privateCidr, publicCidr} = chooseAddresses({...auto, private: '10.213.0.0/26'}, []);
	t.is(privateCidr, '10.213.0.0/26');
	t.is(managementCidr, '10.213.1.0/24');
	t.is(publicCidr, '10.213.2.0/24');
});

test('a fixed range in use, and a pool without room, are said by name', t => {
	const taken = t.throws(() => chooseAddresses({...auto, public: '192.0.2.0/24'}, ['192.0.2.128/25']), {code: 'K2D3006'});
	t.regex(taken.message, /192\.0\.2\.0\/24 for the public network/);
	const full = t.throws(() => chooseAddresses({...auto, pool: ['10.213.0.0/16']}, ['10.0.0.0/8']), {code: 'K2D3006'});
	t.regex(full.message, /cover all of 10\.213\.0\.0\/16/);
	t.throws(() => chooseAddresses({...auto, private: '10.1.0.0/24', public: '10.1.0.0/24'}, []), {code: 'K2D3006'});
});

test('a default route takes no range; single addresses do', t => {
	t.deepEqual(usedRanges([{dst: 'default'}, {dst: '0.0.0.0/0'}, {}, {dst: '192.0.2.0/24'}, {dst: '192.0.2.2'}]), ['192.0.2.0/24', '192.0.2.2']);
});

const numberOf = (address: string): number => {
	let number = 0;
	for (const octet of address.split('.')) {
		number = (number * 256) + Number(octet);
	}

	return number;
};

const bounds = (cidr: string): [number, number] => {
	const [address = '', prefix = '32'] = cidr.split('/');
	const size = 2 ** (32 - Number(prefix));
	const first = Math.floor(numberOf(address) / size) * size;
	return [first, first + size - 1];
};

test('whatever is in use, nothing chosen overlaps it or each other', t => {
	const route = fc.tuple(fc.integer({min: 0, max: 255}), fc.integer({min: 0, max: 255}), fc.integer({min: 18, max: 32}))
		.map(([third, fourth, prefix]) => `10.213.${third}.${fourth}/${prefix}`);
	t.notThrows(() => {
		fc.assert(fc.property(fc.array(route, {maxLength: 8}), used => {
			const {managementCidr, privateCidr, publicCidr} = chooseAddresses(auto, used);
			const all = [managementCidr, privateCidr, publicCidr, ...used].map(cidr => bounds(cidr));
			return [0, 1, 2].every(index => all.every(([first, last], other) => other === index || last < all[index]![0] || first > all[index]![1]));
		}));
	});
});

for (const [cidr, start, end, last] of [
	['10.213.1.0/24', '10.213.1.2', '10.213.1.253', '10.213.1.254'],
	['192.0.2.64/28', '192.0.2.66', '192.0.2.77', '192.0.2.78'],
	['10.0.0.0/15', '10.0.0.2', '10.1.255.253', '10.1.255.254'],
] as const) {
	test(`the last address of ${cidr} is given to nobody by itself`, t => {
		t.is(lastAddress(cidr), last);
		t.deepEqual(allocationPool(cidr), {start, end});
	});
}
