import type {Release} from './schema/releases.js';

/** Suites that guest images can be made of. */
export const guestSuiteNames = ['bookworm', 'trixie', 'jammy', 'noble'] as const;

export type GuestSuiteName = (typeof guestSuiteNames)[number];

export type GuestSuite = {
	readonly distribution: 'debian' | 'ubuntu';
	/** Version of its python3. */
	readonly python: string;
	/**
	 * What the guest agent runs on: `packages` of the suite, where it has a Trove that fits, or `wheels` of the Python package index, locked for its
	 * Python in images/guest/wheels.
	 */
	readonly agent: 'packages' | 'wheels';
	/** Releases whose guest agent runs on that: Trove says which Python it wants. */
	readonly releases: readonly Release[];
};

/** What of this was tried is in docs/stages/images.md. */
export const guestSuites: Readonly<Record<GuestSuiteName, GuestSuite>> = {
	bookworm: {distribution: 'debian', python: '3.11', agent: 'wheels', releases: ['2024.1', '2025.1', '2025.2', '2026.1', '2026.2', 'master']},
	trixie: {distribution: 'debian', python: '3.13', agent: 'packages', releases: ['2024.1', '2025.1', '2025.2', '2026.1', '2026.2', 'master']},
	jammy: {distribution: 'ubuntu', python: '3.10', agent: 'wheels', releases: ['2024.1', '2025.1', '2025.2', '2026.1']},
	noble: {distribution: 'ubuntu', python: '3.12', agent: 'wheels', releases: ['2024.1', '2025.1', '2025.2', '2026.1', '2026.2', 'master']},
};

/** Whether a suite, of guests or of the sandbox itself, is one of Ubuntu. */
export const isUbuntu = (suite: string): boolean => Object.hasOwn(guestSuites, suite) && guestSuites[suite as GuestSuiteName].distribution === 'ubuntu';

/** Why the suite cannot serve the release, to follow the name of the key; undefined when it can. */
export const suiteFault = (release: Release, suite: GuestSuiteName): string | undefined => {
	const served = guestSuites[suite].releases;
	if (served.includes(release)) {
		return undefined;
	}

	const others = guestSuiteNames.filter(name => guestSuites[name].releases.includes(release));
	return `must be one that can run the guest agent of release ${release} (${others.join(', ')}), not "${suite}", which can run those of ${served.join(', ')}`;
};
