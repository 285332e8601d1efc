import test from 'ava';
import {parsePackages, renderPackageList} from '../../../scripts/stages/images/packageList.js';

const output = `deb|adduser|3.152|all
deb|libstdc++6|14.2.0-19|amd64
deb|docker.io|26.1.5+dfsg1-9+b9|amd64
deb|openssh-server|1:10.0p1-7|amd64
pypi|trove
=23.1.0
pypi|trove_k2hdkc
=1.0.19
`;

test('the packages of a root are read, those of Debian and those of Python', t => {
	const packages = parsePackages(output);
	t.is(packages.length, 6);
	t.deepEqual(packages[1], {kind: 'deb', name: 'libstdc++6', version: '14.2.0-19', architecture: 'amd64'});
	t.deepEqual(packages.slice(4), [{kind: 'pypi', name: 'trove', version: '23.1.0'}, {kind: 'pypi', name: 'trove_k2hdkc', version: '1.0.19'}]);
	t.deepEqual(parsePackages(''), []);
});

test('the list is CycloneDX with one package URL each', t => {
	const list = JSON.parse(renderPackageList(parsePackages(output), {name: 'guest', vendor: 'debian', suite: 'trixie', made: '2026-11-22T10:00:00Z'})) as {bomFormat: string; components: Array<{purl: string}>};
	t.is(list.bomFormat, 'CycloneDX');
	t.deepEqual(list.components.map(component => component.purl), [
		'pkg:deb/debian/adduser@3.152?arch=all&distro=trixie',
		'pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64&distro=trixie',
		'pkg:deb/debian/docker.io@26.1.5%2Bdfsg1-9%2Bb9?arch=amd64&distro=trixie',
		'pkg:deb/debian/openssh-server@1%3A10.0p1-7?arch=amd64&distro=trixie',
		'pkg:pypi/trove@23.1.0',
		'pkg:pypi/trove-k2hdkc@1.0.19',
	]);
});
