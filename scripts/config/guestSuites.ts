import type {Release} from './schema/releases.js';

/** A suite that guest images can be made of. */
export type GuestSuite = {
	readonly distribution: 'debian' | 'ubuntu';
	/** Releases whose guest agent runs on Python and the Python packages of the suite. */
	readonly releases: readonly Release[];
};

export const guestSuiteNames = ['bookworm', 'trixie', 'jammy'] as const;

/** What of this was tried is in docs/stages/images.md. */
export const guestSuites: Readonly<Record<(typeof guestSuiteNames)[number], GuestSuite>> = {
	bookworm: {distribution: 'debian', releases: ['2024.1', '2025.1', '2025.2', '2026.1']},
	trixie: {distribution: 'debian', releases: ['2024.1', '2025.1', '2025.2', '2026.1', '2026.2', 'master']},
	// Its root is made, but its pip cannot yet install the agent.
	jammy: {distribution: 'ubuntu', releases: []},
};

/** Whether a suite, of guests or of the sandbox itself, is one of Ubuntu. */
export const isUbuntu = (suite: string): boolean => Object.hasOwn(guestSuites, suite) && guestSuites[suite as keyof typeof guestSuites].distribution === 'ubuntu';

/** Why the suite cannot serve the release, to follow the name of the key; undefined when it can. */
export const suiteFault = (release: Release, suite: (typeof guestSuiteNames)[number]): string | undefined => {
	const served = guestSuites[suite].releases;
	if (served.includes(release)) {
		return undefined;
	}

	const others = guestSuiteNames.filter(name => guestSuites[name].releases.includes(release));
	return `must be one that can run the guest agent of release ${release} (${others.join(', ')}), not "${suite}", which can run ${served.length === 0 ? 'none' : `those of ${served.join(', ')}`}`;
};
