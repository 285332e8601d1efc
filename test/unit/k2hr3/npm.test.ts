import test from 'ava';
import {parseK2hr3Origin} from '../../../scripts/config/k2hr3Origin.js';
import {signedEntry} from '../../../scripts/sources/signedEntry.js';
import {moreSources, npmInputs, wantedPackages} from '../../../scripts/stages/k2hr3/npmBuild.js';
import {prefixOf} from '../../../scripts/stages/k2hr3/prefix.js';
import {sandboxSteps} from '../../../scripts/stages/sandbox.js';
import type {SandboxEnv} from '../../../scripts/stages/sandboxEnv.js';
import {load} from '../config/workspace.js';

const configOf = (...set: readonly string[]) => load({flags: {set: ['sources.k2hr3=npm', 'components.compute=true', ...set]}}).config;
const directory = 'sources.k2hdkc=directory:/opt/k2hdkc';
const packages = ['sources.k2hdkc=packages:k2hdkc=1.0.19,chmpx=1.0.113', 'sources.k2hdkcRepository.entry=deb https://user:word@packages.example/debian trixie main', 'sources.k2hdkcRepository.keyFile=/etc/k2hdkc.asc', 'sources.baseImages.alpine=registry.example/alpine:3'];

for (const [value, npm] of [
	['npm', {'k2hr3-api': '1.0.42', 'k2hr3-app': '1.0.43'}],
	['npm:', {'k2hr3-api': '1.0.42', 'k2hr3-app': '1.0.43'}],
	['npm:k2hr3-app@1.0.9', {'k2hr3-api': '1.0.42', 'k2hr3-app': '1.0.9'}],
	['npm:k2hr3-api@1.0.41, k2hr3-app@1.1.0-beta.1', {'k2hr3-api': '1.0.41', 'k2hr3-app': '1.1.0-beta.1'}],
	['npm:k2hr3-api', undefined],
	['npm:k2hr3-api@latest', undefined],
	['npm:k2hr3-api@^1.0.0', undefined],
	['npm:k2hr3-api@1.0.42;true', undefined],
	['npm:k2hr3-api@1.0.42,k2hr3-api@1.0.41', undefined],
	['npm:express@4.0.0', undefined],
	['npmx', undefined],
] as const) {
	test(`packages of npm: ${value}`, t => {
		t.deepEqual(parseK2hr3Origin(value), npm && {npm});
	});
}

test('packages of K2HDKC bring their headers, of the same version; of a directory nothing comes from a repository', t => {
	t.deepEqual(wantedPackages(configOf(...packages).sources).slice(-3), ['k2hdkc-dev=1.0.19', 'k2hdkc=1.0.19', 'chmpx=1.0.113']);
	t.true(wantedPackages(configOf(packages[0]!.replace('chmpx=1.0.113', 'k2hdkc-dev=1.0.18'), ...packages.slice(1)).sources).includes('k2hdkc-dev=1.0.18'));
	t.false(wantedPackages(configOf(directory).sources).some(name => name.includes('=')));
	t.deepEqual(moreSources(configOf(directory).sources), []);
	t.deepEqual(moreSources(configOf(...packages).sources), ['deb [signed-by=/etc/k2hdkc.asc] https://user:word@packages.example/debian trixie main']);
});

test('the key of the configuration verifies the repository, whatever its entry says', t => {
	t.is(signedEntry('deb [arch=amd64 signed-by=/other] http://a/ trixie main', '/k'), 'deb [signed-by=/k arch=amd64] http://a/ trixie main');
	t.is(signedEntry(' deb http://a/ ./ ', '/k'), 'deb [signed-by=/k] http://a/ ./');
});

test('what the prefix is named by: versions, programs and script; neither the registry nor a password', t => {
	const named = (...set: readonly string[]): string => prefixOf({config: configOf(...set), paths: {images: '/cache'}});
	t.is(named(directory), named(directory, 'sources.npm.registry=http://registry.example/'));
	t.not(named(directory), named(directory, 'sources.k2hr3=npm:k2hr3-app@1.0.42'));
	t.not(named(directory), named(...packages));
	t.false(JSON.stringify(npmInputs({'k2hr3-api': '1.0.42', 'k2hr3-app': '1.0.43'}, configOf(...packages))).includes('user:word'));
});

test('it says whom it asks, and comes before the image', t => {
	const reaches = (...set: readonly string[]): readonly string[] => {
		const config = configOf(...set);
		return sandboxSteps(config).find(({id}) => id === 'images.k2hr3.prefix')!.reaches!({config} as unknown as SandboxEnv);
	};

	t.deepEqual(reaches(directory), ['the npm registry', 'the Debian mirror']);
	t.deepEqual(reaches(...packages), ['the npm registry', 'the Debian mirror', 'the packages of K2HDKC']);
	const ids = sandboxSteps(configOf(directory)).map(({id}) => id);
	t.true(ids.indexOf('images.k2hr3.prefix') < ids.indexOf('images.k2hr3'));
});
