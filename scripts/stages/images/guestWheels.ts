import {readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import type {Config} from '../../config/schema.js';
import {packageRoot} from '../../packageRoot.js';

/** Python packages that the suite of the guest lacks, pinned. */
export const guestWheels = ({images: {guest}}: Pick<Config, 'images'>): readonly string[] =>
	(parse(readFileSync(path.join(packageRoot, 'images/guest/wheels.yaml'), 'utf8')) as Readonly<Record<string, readonly string[]>>)[guest.suite] ?? [];
