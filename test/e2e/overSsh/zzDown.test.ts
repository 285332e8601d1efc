import test from 'ava';
import {environmentGoes} from '../support/environmentGoes.js';

test.serial('the environment built over SSH goes with all it has made', environmentGoes);
