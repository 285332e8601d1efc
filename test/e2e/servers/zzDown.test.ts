import test from 'ava';
import {environmentGoes} from '../support/environmentGoes.js';

test.serial('the environment of servers goes with all it has made', environmentGoes);
