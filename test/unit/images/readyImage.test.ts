import test from 'ava';
import {containerSteps} from '../../../scripts/stages/images/containers/all.js';
import {containerImages} from '../../../scripts/stages/images/containers/images.js';
import {isBuilt} from '../../../scripts/stages/images/containers/image.js';
import {load, refusal} from '../config/workspace.js';
import {hostWith} from './hosts.js';

const digest = `sha256:${'0a'.repeat(32)}`;
const database = `images.database.from=registry.example:5000/team/k2hdkc-trove@${digest}`;
const backup = `images.backup.from=docker.io/antpickax/k2hdkc-trove-backup@${digest}`;
const config = (...set: readonly string[]) => load({flags: {set}}).config;
const steps = (...set: readonly string[]): readonly string[] => Object.values(containerSteps(config(...set))).flatMap(({build, push}) => [...build, ...push].map(({id}) => id));

test('ready images need no place of K2HDKC, and get the names that Trove asks for', t => {
	t.deepEqual(containerImages(config(database, backup)).map(({repository, tag}) => [repository, tag]), [['antpickax/k2hdkc-trove', '1.0.19'], ['antpickax/k2hdkc-trove-backup', '1.0.19']]);
	t.deepEqual(steps(database, backup), ['images.database', 'images.database.check', 'images.database.push', 'images.backup', 'images.backup.check', 'images.backup.push']);
	t.deepEqual(steps(backup), ['images.backup', 'images.backup.check', 'images.backup.push']);
});

test('over a ready database image the backup image is built with packages of its distribution', async t => {
	const [, built] = containerImages(config(database, 'images.database.variant=debian'));
	t.regex(isBuilt(built!) ? await built.render(hostWith()) : '', /^FROM localhost\/antpickax\/k2hdkc-trove:1\.0\.19 AS python\nUSER 0\nRUN apt-get update/);
});

test('a ready image is kept to the contract of one that is built', t => {
	const [ready] = containerImages(config(database));
	const [built] = containerImages(config('sources.k2hdkc=directory:/opt/k2hdkc'));
	t.deepEqual(ready!.contract, built!.contract);
	t.not(ready!.directory, containerImages(config(database.replace('0a0a', '0b0b')))[0]!.directory);
});

for (const value of ['docker.io/antpickax/k2hdkc-trove:1.0.19', 'antpickax', `antpickax@${digest}`, 'docker.io/antpickax/k2hdkc-trove@sha256:0a', `docker.io/a b@${digest}`, `docker.io/antpickax/k2hdkc-trove:1.0.19@${digest}`]) {
	test(`refused as a ready image: ${value}`, t => {
		t.regex(String(refusal({flags: {set: [`images.database.from=${value}`]}})?.message), /must be null or REGISTRY\/NAME@sha256:… .*a tag says only which image bears it today/);
	});
}
