import {mirrorsOf, parseTargets} from '../../scripts/stages/machine/debianSources.js';
import {runCommand} from './runCommand.js';

/** Mirrors of Debian 12 that this host's apt uses, for tests that build on the real packages. */
export const hostMirrors = async (): Promise<ReturnType<typeof mirrorsOf>> => {
	const {stdout} = await runCommand('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages', 'Component: main']);
	return mirrorsOf(parseTargets(stdout), 'bookworm');
};
