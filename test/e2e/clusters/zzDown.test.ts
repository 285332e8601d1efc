import test from 'ava';
import {environmentGoes} from '../support/environmentGoes.js';

test.serial('the environment of clusters goes with all it has made', environmentGoes);
