import type {Release} from './schema/releases.js';

/** Suites that guest images can be made of. */
export const guestSuiteNames = ['bookworm', 'trixie'] as const;

/** Releases whose guest agent runs on Python and the Python packages of the suite. What of this was tried is in docs/stages/images.md. */
const guestSuites: Readonly<Record<(typeof guestSuiteNames)[number], readonly Release[]>> = {
	bookworm: ['2024.1', '2025.1', '2025.2', '2026.1'],
	trixie: ['2024.1', '2025.1', '2025.2', '2026.1', '2026.2', 'master'],
};

/** Why the suite cannot serve the release, to follow the name of the key; undefined when it can. */
export const suiteFault = (release: Release, suite: (typeof guestSuiteNames)[number]): string | undefined => {
	const served = guestSuites[suite];
	if (served.includes(release)) {
		return undefined;
	}

	const others = guestSuiteNames.filter(name => guestSuites[name].includes(release));
	return `must be one that can run the guest agent of release ${release} (${others.join(', ')}), not "${suite}", which can run those of ${served.join(', ')}`;
};
