import {internalErrors} from './catalogue/internal.js';
import {k2hr3Errors} from './catalogue/k2hr3.js';
import {machineErrors} from './catalogue/machines.js';
import {preflightErrors} from './catalogue/preflight.js';
import {sourceErrors} from './catalogue/sources.js';
import {stateErrors} from './catalogue/state.js';
import {stepErrors} from './catalogue/steps.js';
import {usageErrors} from './catalogue/usage.js';
import type {CatalogueEntry} from './catalogue/entry.js';

export type {CatalogueEntry} from './catalogue/entry.js';

/** Every error a user can meet, in the order of the codes. */
export const catalogue = [
	...usageErrors,
	...stepErrors,
	...preflightErrors,
	...stateErrors,
	...machineErrors,
	...sourceErrors,
	...k2hr3Errors,
	...internalErrors,
] as const satisfies readonly CatalogueEntry[];

export type ErrorCode = (typeof catalogue)[number]['code'];

const byCode = new Map<string, CatalogueEntry>(catalogue.map(entry => [entry.code, entry]));

/** The entry of a code, or undefined when nobody wrote one. */
export const lookup = (code: string): CatalogueEntry | undefined => byCode.get(code);

/** Where the page of a code lies, relative to the root of the repository and of the installed package. */
export const docPage = (code: string): string => `docs/errors/${code}.md`;
