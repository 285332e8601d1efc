import test from 'ava';
import {parsePackageIndexes} from '../../../../scripts/stages/devstack/packageMirrors.js';

test('indexes of apt, each once, and none that is on a disc', t => {
	const output = [
		'apt',
		'bookworm http://deb.example.org/debian/dists/bookworm/InRelease',
		'bookworm http://deb.example.org/debian/dists/bookworm/InRelease',
		'bookworm-security https://deb.example.org/security/dists/bookworm-security/InRelease',
		'bookworm file:/srv/debian/dists/bookworm/InRelease',
		'',
	].join('\n');
	t.deepEqual(parsePackageIndexes(output), [
		{name: 'bookworm', url: 'http://deb.example.org/debian/dists/bookworm/InRelease'},
		{name: 'bookworm-security', url: 'https://deb.example.org/security/dists/bookworm-security/InRelease'},
	]);
});

const repositories = `dnf
contentdir=pub/rocky
releasever=9
basearch=x86_64

[baseos]
name=Rocky Linux $releasever - BaseOS
mirrorlist=https://mirrors.example.org/mirrorlist?arch=$basearch&repo=BaseOS-$releasever
#baseurl=http://dl.example.org/$contentdir/$releasever/BaseOS/$basearch/os/
gpgcheck=1
enabled=1

[local]
baseurl = http://dl.example.org/\${contentdir}/$releasever/$unknown/os/
          http://second.example.org/

[crb]
baseurl=http://dl.example.org/crb
enabled=0

[disc]
baseurl=file:///media
`;

test('repositories of dnf that are on: the list of mirrors, or the base address, with its variables', t => {
	t.deepEqual(parsePackageIndexes(repositories), [
		{name: 'baseos', url: 'https://mirrors.example.org/mirrorlist?arch=x86_64&repo=BaseOS-9'},
		{name: 'local', url: 'http://dl.example.org/pub/rocky/9/$unknown/os/repodata/repomd.xml'},
	]);
});

test('a machine with neither', t => {
	t.is(parsePackageIndexes('none\n'), undefined);
	t.deepEqual(parsePackageIndexes('apt\n'), []);
});
