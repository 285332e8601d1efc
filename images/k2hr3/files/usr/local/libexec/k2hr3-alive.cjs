'use strict';

// What the watcher of K2HR3 asks of members: `checkAddressesAlive` of its configuration `chkipconfig`, type Function. A member is dead when nobody has its
// address any more. Its own check, by ping and reverse names, takes members for dead whose security group lets no ping through.

const net = require('node:net');

/** Where a server node of CHMPX listens; any other port would tell the same. */
const port = 8021;

/** The errors by which the kernel, or a router, says that nobody has the address. A refused or dropped connection comes from somebody. */
const absent = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);

/** Whether somebody has the address. */
const isAlive = (ip, timeout) => new Promise(resolve => {
	const socket = net.connect({host: ip, port});
	const end = alive => {
		socket.destroy();
		resolve(alive);
	};

	socket.setTimeout(timeout, () => end(true));
	socket.once('connect', () => end(true));
	socket.once('error', error => end(!absent.has(error.code)));
});

/** Sets `alive` of each `{ip, …}`, `parallelcnt` at a time, each within `timeoutms` ms, which the kernel's own resolution of addresses must fit into. */
exports.checkAddressesAlive = async (members, {timeoutms: timeout, parallelcnt: atOnce}) => {
	for (let start = 0; start < members.length; start += atOnce) {
		await Promise.all(members.slice(start, start + atOnce).map(async member => {
			member.alive = await isAlive(member.ip, timeout);
		}));
	}

	return {error: null, data: members};
};
