import test from 'ava';
import {containerNames} from '../../../scripts/config/containerNames.js';
import {imageVersions} from '../../../scripts/config/imageVersions.js';
import type {Config} from '../../../scripts/config/schema.js';
import {containerImages} from '../../../scripts/stages/images/containers/images.js';
import {imageStepIds} from '../../../scripts/stages/images/imageSteps.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import {load, refusal} from '../config/workspace.js';

const version = (name: string, more: Readonly<Record<string, string>> = {}) => ({name, active: true, imageTags: ['trove', 'k2hdkc'], ...more});

const versions = [version('1.0.18'), version('1.0.19'), version('1.0.19-ubuntu', {variant: 'ubuntu'}), version('latest', {variant: 'debian', version: '1.0.19-debian'})];

const set = (...more: readonly string[]): readonly string[] =>
	['sources.k2hdkc=directory:/opt/k2hdkc', 'images.database.variant=debian', 'components.images=true', `datastore.versions=${JSON.stringify(versions)}`, ...more];

const config = (...more: readonly string[]): Config => load({flags: {set: [...set(...more)]}}).config;

test('images are made for the default version and for those that name a variant', t => {
	t.deepEqual(imageVersions(config()).map(({suffix, config: {datastore}}) => [suffix, datastore.defaultVersion]), [['', '1.0.19'], ['.1.0.19-ubuntu', '1.0.19-ubuntu'], ['.latest', 'latest']]);
	t.deepEqual(containerImages(config()).map(({name, tag, variant}) => `${name}:${tag} ${variant}`), [
		'database:1.0.19 debian', 'backup:1.0.19 debian', 'database:1.0.19-ubuntu ubuntu', 'backup:1.0.19-ubuntu ubuntu', 'database:1.0.19-debian debian', 'backup:1.0.19-debian debian',
	]);
});

test('each has steps of its own, and layers that two of them have are made once', t => {
	const {build, register} = imageStepIds(config(), 'database');
	t.deepEqual(build, [
		'images.containers.base', 'images.database', 'images.database.check',
		'images.containers.base.1.0.19-ubuntu', 'images.database.1.0.19-ubuntu', 'images.database.check.1.0.19-ubuntu',
		'images.database.latest', 'images.database.check.latest',
	]);
	t.deepEqual(register, ['images.database.push', 'images.database.push.1.0.19-ubuntu', 'images.database.push.latest']);
	t.deepEqual(imageStepIds(config(), 'backup').build.filter(id => id.includes('python')), ['images.backup.python'], 'a base of a registry installs its packages itself');
});

test('every step is there once and needs what there is', t => {
	const steps = sandboxSteps(config());
	const ids = steps.map(({id}) => id);
	t.deepEqual(ids, [...new Set(ids)]);
	t.deepEqual(steps.flatMap(({needs}) => needs).filter(id => !ids.includes(id)), []);
	const needsOf = (wanted: string): readonly string[] => steps.find(({id}) => id === wanted)!.needs;
	t.deepEqual(needsOf('images.database.latest'), ['images.containers.base']);
	t.deepEqual(needsOf('images.backup.1.0.19-ubuntu'), ['images.guest.sources', 'images.database.check.1.0.19-ubuntu']);
	t.deepEqual(needsOf('images.database.push.latest'), ['images.database.check.latest', 'registry']);
});

test('a ready-made image is that of the default version alone', t => {
	const from = `registry.example.com/k2hdkc-trove@sha256:${'0a'.repeat(32)}`;
	t.deepEqual(containerImages(config(`images.database.from=${from}`)).map(image => 'from' in image), [true, false, false, false, false, false]);
	const none = load({flags: {set: [...set(`images.database.from=${from}`).filter(word => !word.startsWith('sources.k2hdkc'))]}}).config;
	t.deepEqual(containerImages(none).map(({name, tag}) => `${name}:${tag}`), ['database:1.0.19', 'backup:1.0.19']);
});

test('with one version the steps have the names that they always had', t => {
	const only = config(`datastore.versions=${JSON.stringify([version('1.0.19', {variant: 'debian'})])}`);
	t.deepEqual(containerNames.flatMap(name => imageStepIds(only, name).build).filter(id => /\d/.test(id)), []);
});

test('two images cannot have one tag', t => {
	const error = refusal({flags: {set: [...set(`datastore.versions=${JSON.stringify([...versions, version('other', {variant: 'alpine', version: '1.0.19'})])}`)]}});
	t.is(error?.code, 'K2D1014');
	t.regex(error?.message ?? '', /datastore\.versions has two versions with images of their own that would both bear the tag "1\.0\.19"/);
});
