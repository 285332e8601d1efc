import {readFileSync} from 'node:fs';
import path from 'node:path';
import {guestSuites} from '../../config/guestSuites.js';
import type {Config} from '../../config/schema.js';
import {packageRoot} from '../../packageRoot.js';

/** What the guest agent needs of the Python package index. */
export type GuestWheels = {
	/** Version of Python that they are for. */
	readonly python: string;
	/** Each wheel with its version and checksum, in the form of pip's requirements files. */
	readonly lock: string;
};

/** Wheels that the agent of a guest runs on; undefined where the suite's own packages do. */
export const guestWheels = ({images: {guest}}: Pick<Config, 'images'>): GuestWheels | undefined => {
	const {agent, python} = guestSuites[guest.suite];
	return agent === 'wheels' ? {python, lock: readFileSync(path.join(packageRoot, `images/guest/wheels/python${python}.txt`), 'utf8')} : undefined;
};

/** Name and version of each wheel, for a person. */
export const wheelPins = ({lock}: GuestWheels): readonly string[] => [...lock.matchAll(/^[^\s#]+/gm)].map(([pin]) => pin);
