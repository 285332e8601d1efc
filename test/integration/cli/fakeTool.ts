import process from 'node:process';
import {run} from '../../../scripts/cli/run.js';
import {openFakeEnvironment} from './fakeEnvironment.js';

process.exitCode = await run(process.argv.slice(2), openFakeEnvironment);
