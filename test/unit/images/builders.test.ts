import test from 'ava';
import {archivedId} from '../../../scripts/stages/images/containers/builders/archive.js';
import {buildah} from '../../../scripts/stages/images/containers/builders/buildah.js';
import {builderCheck} from '../../../scripts/stages/images/containers/builders/check.js';
import {chooseBuilder, parseDockerAnswer} from '../../../scripts/stages/images/containers/builders/choose.js';
import {docker} from '../../../scripts/stages/images/containers/builders/docker.js';
import {buildImage, containerCommand} from '../../../scripts/stages/images/containers/builders/scripts.js';

const socket = 'endpoint unix:///var/run/docker.sock';

// As `askDocker` printed it on 2026-11-24 with the clients 20.10.24 and 28.2.2; the last three by hand.
const answers: ReadonlyArray<readonly [what: string, output: string, usable: boolean, found: RegExp]> = [
	['no docker', '', false, /^there is no docker on the host$/],
	['a daemon that answers', `${socket}\nversion 0 linux 20.10.24+dfsg1\n`, true, /^version 20\.10\.24\+dfsg1 answers on unix:\/{3}var\/run\/docker\.sock$/],
	['a client without a daemon', `${socket}\nversion 1 Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n`, false, /does not answer: Cannot connect to the Docker daemon at/],
	['BuildKit asked for and not there', `${socket}\nversion 0 linux 20.10.24+dfsg1\nbuild ERROR: BuildKit is enabled but the buildx component is missing or broken.\n`, false, /^docker cannot build: ERROR: BuildKit is enabled/],
	['a daemon that hangs', `${socket}\nversion 124 \n`, false, /says nothing for 10 s$/],
	['a daemon elsewhere', 'endpoint tcp://192.0.2.7:2376\nversion 0 linux 28.2.2\n', false, /is not on the host: tcp:\/\/192\.0\.2\.7:2376$/],
	['something else under its name', 'version 0 \n', false, /does not answer/],
];

for (const [what, output, usable, found] of answers) {
	test(`docker is asked: ${what}`, t => {
		const answer = parseDockerAnswer(output);
		t.is(answer.usable, usable);
		t.regex(answer.found, found);
	});
}

test('auto takes docker where it can build, and a wish is kept to or refused with the reason', t => {
	const good = {usable: true, found: 'version 20.10.24 answers'};
	const bad = {usable: false, found: 'there is no docker on the host'};
	const choices = [
		['auto', good, docker, 'docker: version 20.10.24 answers', undefined],
		['auto', bad, buildah, 'buildah: there is no docker on the host', undefined],
		['buildah', good, buildah, 'buildah, as images.builder says', undefined],
		['docker', good, docker, 'docker, as images.builder says: version 20.10.24 answers', undefined],
		['docker', bad, docker, 'docker, as images.builder says: there is no docker on the host', 'there is no docker on the host'],
	] as const;
	for (const [wanted, answer, builder, reason, fault] of choices) {
		const chosen = chooseBuilder(wanted, answer);
		t.is(chosen.builder, builder);
		t.is(chosen.reason, reason);
		t.is(chosen.fault, fault);
	}
});

test('a builder that cannot be used ends a run before it begins', async t => {
	const check = (fault?: string) => builderCheck({builder: {builder: docker, reason: 'docker: version 20.10.24 answers', ...(fault !== undefined && {fault})}});
	const {signal} = new AbortController();
	t.deepEqual(await check().run({signal}), {result: 'PASS', found: 'docker: version 20.10.24 answers'});
	t.like(await check('there is no docker on the host').run({signal}), {result: 'FAIL', code: 'K2D6030', found: 'there is no docker on the host'});
	t.true(check().neededBy?.includes('images.database'));
});

test('the tool installs buildah where it needs it, and never docker', t => {
	t.deepEqual(buildah.packages, ['buildah']);
	t.deepEqual(docker.packages, []);
});

for (const builder of [buildah, docker]) {
	test(`${builder.name} has every function that the scripts call`, t => {
		for (const name of ['import_root', 'build_image', 'open_image', 'inside']) {
			t.regex(builder.functions, new RegExp(`^${name}\\(\\) \\{$`, 'm'), name);
		}

		const command = containerCommand(builder, buildImage, '/cache/image.partial-x', '/cache/base.tar', 'localhost/name:1');
		t.deepEqual(command.slice(0, builder.runner.length), builder.runner);
		const [shell, options, script, ...words] = command.slice(builder.runner.length);
		t.deepEqual([shell, options, words], ['sh', '-euc', ['sh', '/cache/image.partial-x', '/cache/base.tar', 'localhost/name:1']]);
		t.true(script!.startsWith('work=$1\n'));
		t.true(script!.endsWith(buildImage));
	});
}

test('docker gets proxies by name, never by value', t => {
	t.regex(docker.functions, /--build-arg "\$proxy"/);
	t.notRegex(docker.functions, /--build-arg \S*=/);
});

const id = '6406d9468ea225c1644bd53ef38ff6518caee28e8ff6d3514f0e546849e2eecf';

// Shortened from what skopeo 1.9.3, docker 20.10 and, by the description of its format, docker 25 write.
const manifests: ReadonlyArray<readonly [writer: string, text: string, wanted: string | undefined]> = [
	['skopeo', `[{"Config":"${id}.json","RepoTags":["localhost/antpickax/k2hdkc-trove:1.0.19"],"Layers":["7679a2ea.tar"]}]`, id],
	['docker 20.10', `[{"Config":"${id}.json","RepoTags":["k2hdkc-trove:1.0.19"],"Layers":["e1c96a83/layer.tar"]}]\n`, id],
	['docker 25', `[{"Config":"blobs/sha256/${id}","RepoTags":["k2hdkc-trove:1.0.19"],"Layers":["blobs/sha256/7679a2ea"],"LayerSources":{"sha256:7679a2ea":{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":7,"digest":"sha256:7679a2ea"}}}]\n`, id],
	['several images', `[{"Config":"${id}.json"},{"Config":"${id}.json"}]`, undefined],
	['another name', '[{"Config":"config.json","RepoTags":[],"Layers":[]}]', undefined],
	['nothing', '', undefined],
	['no list', '{}', undefined],
];

for (const [writer, text, wanted] of manifests) {
	test(`an image in an archive is known by its configuration: ${writer}`, t => {
		t.is(archivedId(text), wanted);
	});
}
