import type {TroveSource} from '../config/troveSource.js';
import {hideUrlPasswords} from '../config/urlPasswords.js';
import {fetchDebianSource} from './debianSource.js';
import {runFetch} from './fetching.js';
import {fetchGit} from './git.js';
import {fetchSdist, pythonIndex} from './pypi.js';
import {tarballProgram} from './python.js';
import type {SourceAccess, SourceTree} from './types.js';

/** Debian calls the source package so, because another program was named Trove first. */
const debianName = 'openstack-trove';

const fetchTarball = async (tarball: string, into: string, access: SourceAccess): Promise<SourceTree> => {
	const {stdout} = await runFetch(access, tarball, ['python3', '-c', tarballProgram], {input: JSON.stringify({tarball, into})});
	const {root} = JSON.parse(stdout) as {readonly root: string};
	return {root, ref: tarball};
};

const isAddress = (place: string): boolean => /^(?!file:)(?:[a-z+]+:\/\/|(?:[\w.-]+@)?[\w.-]+:)/.test(place);

/** What a source of Trove asks of the outside; nothing where it lies on the machine already. */
export const troveReaches = (source: TroveSource): readonly string[] => {
	if ('pypi' in source) {
		return [pythonIndex];
	}

	if ('debian' in source) {
		return ['the Debian mirror'];
	}

	const place = 'git' in source ? source.git : ('tarball' in source ? source.tarball : '');
	return isAddress(place) ? [hideUrlPasswords(place)] : [];
};

/**
 * Trove's source tree from wherever the configuration says. `into` is an empty directory on the machine; only the form
 * `directory` leaves it empty and answers with the directory itself. Errors: K2D6001, K2D6003, K2D6006.
 */
export const fetchTrove = async (source: TroveSource, into: string, access: SourceAccess): Promise<SourceTree> => {
	if ('pypi' in source) {
		return fetchSdist('trove', source.pypi, into, access);
	}

	if ('git' in source) {
		return fetchGit(source.git, source.ref, into, access);
	}

	if ('tarball' in source) {
		return fetchTarball(source.tarball, into, access);
	}

	if ('debian' in source) {
		return fetchDebianSource(debianName, source.debian, into, access);
	}

	await runFetch(access, source.directory, ['ls', '-d', `${source.directory}/trove`]);
	return {root: source.directory, ref: source.directory};
};
