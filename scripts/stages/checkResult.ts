import type {CheckResult} from '../commands/environment.js';

export const pass = (found: string): CheckResult => ({result: 'PASS', found});
export const warn = (found: string, remedy: string): CheckResult => ({result: 'WARN', found, remedy});
export const fail = (code: string, found: string, remedy: string): CheckResult => ({result: 'FAIL', code, found, remedy});
