import type {ExecutionContext} from 'ava';
import {runCommand} from '../../helpers/runCommand.js';

/** 198.51.100.0/24 is kept for documents and so in use by nobody. */
const farAddress = '198.51.100.2';

/** What became of a connection: it was made, refused by the other side, or nothing came back. */
export type Reached = 'open' | 'refused' | 'silence';

const connectScript = `
import socket, sys
source = (sys.argv[3], 0) if len(sys.argv) > 3 else None
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 2, source).close()
    print("open")
except ConnectionRefusedError:
    print("refused")
except TimeoutError:
    print("silence")
`;

/** Tries from this host, or from another address; anything else than an answer or silence is an error of the test. */
export const connectFrom = async (from: string | undefined, address: string, port: number): Promise<Reached> => {
	const {stdout, stderr} = await runCommand('python3', ['-c', connectScript, address, String(port), ...from === undefined ? [] : [from]]);
	if (stdout.trim() === '') {
		throw new Error(stderr);
	}

	return stdout.trim() as Reached;
};

/**
 * Address of a computer behind this host, as packets that this host passes on carry it. It is given to this host's loopback for the
 * length of the test: whether a host passes packets on is its own affair (one with Docker does not), what the machine does with them is
 * what counts.
 */
export const createFarAddress = async (t: ExecutionContext): Promise<string> => {
	t.teardown(async () => runCommand('ip', ['address', 'delete', `${farAddress}/32`, 'dev', 'lo']));
	const {code, stderr} = await runCommand('ip', ['address', 'add', `${farAddress}/32`, 'dev', 'lo']);
	if (code !== 0) {
		throw new Error(stderr);
	}

	return farAddress;
};
