import test from 'ava';
import {environmentGoes} from '../support/environmentGoes.js';

test.serial('the environment of the dashboard goes with all it has made', environmentGoes);
