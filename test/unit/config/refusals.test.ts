import test from 'ava';
import {lookup} from '../../../scripts/errors/catalogue.js';
import {publicKey} from '../stages/samples.js';
import {problemsOf, refusal, type Situation} from './workspace.js';

const user = (text: string | Uint8Array): Situation => ({files: {'k2hdkc-devstack.yaml': text}});
const dotenv = (text: string): Situation => ({files: {'.env': text}});
const set = (...assignments: string[]): Situation => ({flags: {set: assignments}});

/** What is wrong, its code, and the whole line that a person reads. */
const cases: ReadonlyArray<readonly [string, Situation, string, string | RegExp]> = [
	// YAML
	['a key twice', user('name: a\nname: b\n'), 'K2D1012', 'k2hdkc-devstack.yaml:2:1: this key is there twice: keep one of the two'],
	['a tab', user('sandbox:\n\tworkers: 2\n'), 'K2D1012', 'k2hdkc-devstack.yaml:2:1: a tab is used for indentation: use spaces'],
	['an open quote', user('name: "a\n'), 'K2D1012', /^k2hdkc-devstack\.yaml:2:1: not valid YAML: Missing closing "quote/],
	['an open list', user('proxy:\n  no: [a\n'), 'K2D1012', /^k2hdkc-devstack\.yaml:\d+:\d+: not valid YAML: /],
	['two values on a line', user('name: a: b\n'), 'K2D1012', /^k2hdkc-devstack\.yaml:1:7: not valid YAML: /],
	['a reserved character', user('name: @a\n'), 'K2D1012', /^k2hdkc-devstack\.yaml:1:7: not valid YAML: /],
	['two documents', user('name: a\n---\nname: b\n'), 'K2D1012', 'k2hdkc-devstack.yaml:2:1: there is more than one document (---): keep one'],
	['a tag', user('name: !secret a\n'), 'K2D1012', 'k2hdkc-devstack.yaml:1:7: YAML tags (!name) are not supported here'],
	['an empty file', user(' \n'), 'K2D1012', 'k2hdkc-devstack.yaml:1:1: the file is empty: write at least one key into it, or remove it'],
	['a list', user('- name\n'), 'K2D1012', 'k2hdkc-devstack.yaml:1:1: the file must be a map of keys (key: value)'],
	['a word', user('sandbox\n'), 'K2D1012', 'k2hdkc-devstack.yaml:1:1: the file must be a map of keys (key: value)'],
	['a merge key', user('sandbox:\n  <<: {workers: 2}\n'), 'K2D1012', 'k2hdkc-devstack.yaml:2:3: the merge key << is not supported: write the keys out, or use `extends:` in a profile'],
	['an alias', user('name: &n a\nopenstack: {region: *n}\n'), 'K2D1012', 'k2hdkc-devstack.yaml:2:21: openstack.region uses a YAML alias (*name), which is not supported here: write the value out'],
	['an alias in a list', user('name: &n a\nproxy: {no: [b, *n]}\n'), 'K2D1012', 'k2hdkc-devstack.yaml:2:17: proxy.no uses a YAML alias (*name), which is not supported here: write the value out'],
	['an alias for a map', user('trove: &t {conf: {}}\nproxy: *t\n'), 'K2D1012', 'k2hdkc-devstack.yaml:2:8: proxy uses a YAML alias (*name), which is not supported here: write the value out'],
	['a map as a key', user('{a: 1}: b\n'), 'K2D1012', 'k2hdkc-devstack.yaml:1:1: a key must be a plain word'],
	['bytes that are no text', user(Uint8Array.of(0x6E, 0xFF, 0xFE)), 'K2D1011', 'k2hdkc-devstack.yaml: cannot be read: it is not UTF-8 text'],
	['a directory', {files: {'k2hdkc-devstack.yaml/x': ''}}, 'K2D1011', 'k2hdkc-devstack.yaml: cannot be read: it is a directory'],

	// Keys
	['a misspelt key', user('relase: "2025.1"\n'), 'K2D1013', 'k2hdkc-devstack.yaml:1:1: unknown key "relase". Did you mean "release"?'],
	['a misspelt key below', user('sandbox:\n  minimum: {memoryMB: 1}\n'), 'K2D1013', 'k2hdkc-devstack.yaml:2:13: unknown key "memoryMB" in sandbox.minimum. Did you mean "memoryMiB"?'],
	['a key of nowhere', user('zzzz: 1\n'), 'K2D1013', 'k2hdkc-devstack.yaml:1:1: unknown key "zzzz"'],
	['a key of nothing', user('datastore: {options: {"": 1}}\n'), 'K2D1013', 'k2hdkc-devstack.yaml:1:23: unknown key "" in datastore.options'],
	['the prototype', user('datastore: {options: {__proto__: 1}}\n'), 'K2D1013', 'k2hdkc-devstack.yaml:1:23: unknown key "__proto__" in datastore.options'],
	['extends outside a profile', user('extends: sandbox\n'), 'K2D1013', /^k2hdkc-devstack\.yaml:1:1: unknown key "extends"/],
	['a key in a list', user('datastore:\n  versions:\n    - {name: a, active: true, imageTag: [x], imageTags: []}\n'), 'K2D1013', 'k2hdkc-devstack.yaml:3:31: datastore.versions[0].imageTag is not a known key. Did you mean "imageTags"?'],
	['a release as a number for a key', user('sources: {trove: {2025.1: "pypi:23.0.0"}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:19: YAML reads the key 2025.1 as a number: write it with quotes: "2025.1"'],

	// Values
	['a release as a number', user('release: 2025.10\n'), 'K2D1004', 'k2hdkc-devstack.yaml:1:10: release must be text, and YAML reads 2025.10 as a number: write it with quotes: "2025.10"'],
	['a version as a number', user('datastore: {versions: [{name: 1.0, active: true, imageTags: []}]}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:31: datastore.versions[0].name must be text, and YAML reads 1.0 as a number: write it with quotes: "1.0"'],
	['a name that is a truth value', user('name: true\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:7: name must be text, and YAML reads true as a boolean: write it with quotes: "true"'],
	['text for a number', user('sandbox: {workers: many}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:20: sandbox.workers must be a number, not "many"'],
	['a fraction', user('sandbox: {workers: 1.5}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:20: sandbox.workers must be a whole number, not 1.5'],
	['an address for a registry without TLS', user('datastore: {options: {docker_insecure_registries: ["http://a:1"]}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:51: datastore.options.docker_insecure_registries must be registries as docker names them, HOST:PORT or a range such as 192.0.2.0/24, not ["http://a:1"]'],
	['too little', user('sandbox: {workers: 0}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:20: sandbox.workers must be at least 1, not 0'],
	['too much', user('timeouts: {scale: 1000}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:19: timeouts.scale must be at most 100, not 1000'],
	['yes for true', user('components: {swift: yes}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:21: components.swift must be true or false, not "yes"'],
	['no value', user('name:\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:6: name has no value'],
	['a key alone in braces', user('sandbox: {suite}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:11: sandbox.suite has no value'],
	['a word for a map', user('sandbox: big\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:10: sandbox must be a map of keys (key: value)'],
	['a map for a word', user('name: {a: 1}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:7: name must be text, not {"a":1}'],
	['a word for a list', user('proxy: {no: localhost}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:13: proxy.no must be a list, not "localhost"'],
	['a number for a path or null', user('ssh: {identityFile: 5}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:21: ssh.identityFile must be text, and YAML reads 5 as a number: write it with quotes: "5"'],
	['a list for a path or null', user('ssh: {identityFile: [a]}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:21: ssh.identityFile must be text or null, not ["a"]'],
	['a word that is none of the choice', user('ssh: {hostKey: knwon}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:16: ssh.hostKey must be one of known, first-use, not "knwon". Did you mean "known"?'],
	['a long name', user('name: abcdefghijklm\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:7: name must have 1 to 12 small letters, digits and inner hyphens, not "abcdefghijklm"'],
	['a name with a capital', user('name: Test\n'), 'K2D1014', /name must have 1 to 12 small letters/],
	['a name with a hyphen at its end', user('name: test-\n'), 'K2D1014', /name must have 1 to 12 small letters/],
	['a relative directory', user('paths: {state: var}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:16: paths.state must be an absolute path, not "var"'],
	['an address that is no range', user('sandbox: {managementCidr: 10.0.0.1}\n'), 'K2D1014', /sandbox\.managementCidr must be "auto" or an IPv4 range/],
	['a suite of guests that is none', user('images: {guest: {suite: bokworm}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:25: images.guest.suite must be one of bookworm, trixie, jammy, noble, not "bokworm". Did you mean "bookworm"?'],
	['a suite of guests that cannot run the agent of the release', user('release: "2026.2"\noffers: {releases: ["2026.2"]}\ncomponents: {images: true}\nimages:\n  guest: {suite: jammy}\nsources: {ubuntu: {mirror: "http://m/ubuntu"}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:5:18: images.guest.suite must be one that can run the guest agent of release 2026.2 (bookworm, trixie, noble), not "jammy", which can run those of 2024.1, 2025.1, 2025.2, 2026.1'],
	['a guest of Ubuntu without a mirror', set('components.images=true', 'images.guest.suite=noble'), 'K2D1014', /sources\.ubuntu\.mirror must be the address of a mirror of Ubuntu, from which a guest of noble is made: --set sources\.ubuntu\.mirror=http:/],
	['a mirror of Ubuntu that is the host\'s', user('sources: {ubuntu: {mirror: host}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:28: sources.ubuntu.mirror must be an http:// or https:// address, not "host"'],
	['a range that begins amid itself', user('sandbox: {managementCidr: 10.0.0.1/24}\n'), 'K2D1014', /beginning at its network address, not "10\.0\.0\.1\/24"/],
	['a range of nothing', user('sandbox: {managementCidr: 10.0.0.0/33}\n'), 'K2D1014', /must be "auto" or an IPv4 range/],
	['no range at all', user('sandbox: {addressPool: []}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:24: sandbox.addressPool must name at least one range'],
	['a range in a list', user('sandbox: {addressPool: [10.0.0.0/8, tenth]}\n'), 'K2D1014', /^k2hdkc-devstack\.yaml:1:37: sandbox\.addressPool\[1] must be an IPv4 range/],
	['a name for a name server', user('openstack: {networks: {dns: [ns.example.com]}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:30: openstack.networks.dns[0] must be an IP address, not "ns.example.com"'],
	['a name server of guests that is none', user('images: {guest: {dns: [192.0.2.53, ns]}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:36: images.guest.dns[1] must be an IP address, not "ns"'],
	['a controller that is no host', user('images: {guest: {controller: {address: "-oProxyCommand=x"}}}\n'), 'K2D1014', /images\.guest\.controller\.address must be a host name or an address/],
	['a controller\'s path that a shell would read', user('images: {guest: {controller: {path: "/opt/$(x)"}}}\n'), 'K2D1014', /images\.guest\.controller\.path must be an absolute path of letters/],
	['a key that is none', user('images:\n  guest:\n    sshKeys:\n      - ssh-ed25519 AAAA joe\n'), 'K2D1014', 'k2hdkc-devstack.yaml:4:9: images.guest.sshKeys[0] must be a public key such as "ssh-ed25519 AAAA… name", or the path of a file with public keys, beginning with / or ~/, not "ssh-ed25519 AAAA joe"'],
	['a key of another type than it says', set(`images.guest.sshKeys=["${publicKey.replace('ed25519', 'rsa')}"]`), 'K2D1014', /^--set images\.guest\.sshKeys: images\.guest\.sshKeys\[0] must be a public key/],
	['a relative key file', user('images: {guest: {sshKeys: [.ssh/id.pub]}}\n'), 'K2D1014', /^k2hdkc-devstack\.yaml:1:28: images\.guest\.sshKeys\[0] must be a public key/],
	['a key file that is not there', user('images: {guest: {sshKeys: [/nowhere/id.pub]}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:27: images.guest.sshKeys names /nowhere/id.pub, which is not there'],
	['a key file that is a directory', user('images: {guest: {sshKeys: [~/.]}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:27: images.guest.sshKeys names ~/., which is a directory'],
	['a key file without keys', user('images: {guest: {sshKeys: [/dev/null]}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:27: images.guest.sshKeys names /dev/null, which holds no key'],
	['a key file with something else', user('images: {guest: {sshKeys: [/etc/passwd]}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:27: images.guest.sshKeys names /etc/passwd, which holds something else than public keys'],
	['a quota below unlimited', user('openstack: {quotas: {cores: -2}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:29: openstack.quotas.cores must be at least -1, not -2'],
	['a mirror without a scheme', user('sources: {debian: {mirror: deb.debian.org}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:28: sources.debian.mirror must be "host" or an http:// or https:// address, not "deb.debian.org"'],
	['a source of no kind', user('sources: {trove: {master: "svn:x"}}\n'), 'K2D1014', /sources\.trove\.master must be "pypi:VERSION", "git:URL#REF".*not "svn:x"/],
	['a proxy that is no address', user('proxy: {http: "a b"}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:15: proxy.http must be an address such as http://proxy.example.com:3128, not "a b"'],
	['a proxy with a password', user('proxy: {http: "ftp://joe:s3cret@p"}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:15: proxy.http must be an address such as http://proxy.example.com:3128, not "ftp://***@p"'],
	['a missing key in a list', user('openstack:\n  flavors:\n    - {name: a, id: b, ramMiB: 1, vcpus: 1}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:3:7: openstack.flavors[0].diskGiB is missing'],
	['a map for an option', user('trove: {conf: {DEFAULT: {a: {b: c}}}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:1:29: trove.conf.DEFAULT.a must be text, a number, true or false, or a list of these, not {"b":"c"}'],
	['a machine without a scheme', user('machine: root@host\n'), 'K2D5006', 'k2hdkc-devstack.yaml:1:10: machine must be "local" or of the form ssh://user@host:port, without a password, not "root@host"'],
	['a machine with a password', {flags: {machine: 'ssh://root:s3cret@host'}}, 'K2D5006', '--machine: machine must be "local" or of the form ssh://user@host:port, without a password, not "ssh://***@host"'],
	['a machine with a path', {flags: {machine: 'ssh://root@host/x'}}, 'K2D5006', /^--machine: machine must be/],

	// Values that contradict each other
	['a default version that is none', set('datastore.defaultVersion=9'), 'K2D1014', '--set datastore.defaultVersion: datastore.defaultVersion must be one of the names in datastore.versions (1.0.19), not "9"'],
	['a version twice', set('datastore.versions=[{name: "1.0.19", active: true, imageTags: []}, {name: "1.0.19", active: false, imageTags: []}]'), 'K2D1014', '--set datastore.versions: datastore.versions has the name "1.0.19" twice'],
	['a flavor id twice', set('openstack.flavors=[{name: a, id: x, ramMiB: 1, vcpus: 1, diskGiB: 0}, {name: b, id: x, ramMiB: 1, vcpus: 1, diskGiB: 0}]'), 'K2D1014', '--set openstack.flavors: openstack.flavors has the id "x" twice'],
	['ranges of DevStack that overlap', user('devstack:\n  ranges: {private: 172.24.0.0/16}\n'), 'K2D1014', /devstack\.ranges\.floating 172\.24\.4\.0\/24 overlaps devstack\.ranges\.private \(172\.24\.0\.0\/16\)$/],
	['a variable of DevStack that is no name', user('devstack: {variables: {LOG-DAYS: 7}}\n'), 'K2D1014', /devstack\.variables\.LOG-DAYS is not usable/],
	['a section of local.conf that is none', user('devstack: {sections: LOGDAYS=7}\n'), 'K2D1014', /devstack\.sections must begin with a section/],
	['a ref that git takes for an option', user('sources: {devstack: {refs: {nova: --upload-pack=x}}}\n'), 'K2D1014', /must be a branch, a tag or a commit/],
	['an address of IPv6 for DevStack', user('devstack: {hostAddress: "2001:db8::1"}\n'), 'K2D1014', /devstack\.hostAddress must be "auto" or an IPv4 address of the machine/],
	['repositories that are at no address', user('sources: {devstack: {git: opendev.org}}\n'), 'K2D1014', /sources\.devstack\.git must be an address such as https:/],
	['a control plane that is none', user('controlPlane: kolla\n'), 'K2D1014', /controlPlane must be one of packages, devstack, not "kolla"/],
	['ranges that overlap', user('sandbox: {managementCidr: 10.1.0.0/16}\nopenstack: {networks: {public: {cidr: 10.1.2.0/24}}}\n'), 'K2D1014', 'k2hdkc-devstack.yaml:2:39: openstack.networks.public.cidr 10.1.2.0/24 overlaps sandbox.managementCidr (10.1.0.0/16)'],

	// .env and environment
	['a line of .env that is no assignment', dotenv('A=1\n  what is this\n'), 'K2D1015', '.env:2:3: this line is not of the form NAME=value'],
	['a quote of .env that never ends', dotenv('\nA="one\nB=2\n'), 'K2D1015', '.env:2:1: the quote in the value of A is never closed'],
	['a key of .env that is none', dotenv('K2HDKC_DEVSTACK__SANDBOX__WORKER=2\n'), 'K2D1013', '.env:1:1: unknown key "WORKER" in sandbox. Did you mean "workers"?'],
	['a value of .env that is none', dotenv('# c\nexport K2HDKC_DEVSTACK__SANDBOX__WORKERS=two\n'), 'K2D1014', '.env:2:1: sandbox.workers must be a number, not "two"'],
	['a variable that is none', {env: {K2HDKC_DEVSTACK__RELEAS: '2025.1'}}, 'K2D1013', 'K2HDKC_DEVSTACK__RELEAS: unknown key "RELEAS". Did you mean "release"?'],
	['a variable with no key', {env: {K2HDKC_DEVSTACK__: 'x'}}, 'K2D1013', 'K2HDKC_DEVSTACK__: unknown key ""'],
	['a variable with a wrong value', {env: {K2HDKC_DEVSTACK__COMPONENTS__SWIFT: '1'}}, 'K2D1014', 'K2HDKC_DEVSTACK__COMPONENTS__SWIFT: components.swift must be true or false, not "1"'],
	['a variable with broken YAML', {env: {K2HDKC_DEVSTACK__PROXY: '{http: ['}}, 'K2D1012', /^K2HDKC_DEVSTACK__PROXY: not valid YAML: /],

	// Flags
	['--set without a value', set('name'), 'K2D1014', '--set name: must be of the form path=value, for example openstack.region=RegionTwo'],
	['--set with a key that is none', set('sandbox.memory=1'), 'K2D1013', '--set sandbox.memory: unknown key "memory" in sandbox'],
	['--set below a value', set('name.first=a'), 'K2D1013', '--set name.first: unknown key "first" in name'],
	['--set with nothing', set('name='), 'K2D1014', '--set name: name must have 1 to 12 small letters, digits and inner hyphens, not ""'],
	['--name', {flags: {name: 'A B'}}, 'K2D1014', /^--name: name must have 1 to 12 small letters/],
	['--with a thing that is none', {flags: {with: ['dashbord']}}, 'K2D1007', /^--with dashbord: unknown stage or component "dashbord"\. Did you mean "dashboard"\? There are: dashboard, swift, cinder, compute, images, machine, /],
	['--with and --without', {flags: {with: ['swift'], without: ['swift']}}, 'K2D1009', '--with swift: "swift" is also given with --without'],

	// Releases and profiles
	['a release that is none', {flags: {release: '2025.3'}}, 'K2D1004', /^--release: release must be one of 2024\.1, 2025\.1, .*, master, not "2025\.3"\. Did you mean "2025\.1"\?/],
	['a release without its minor part', {env: {K2HDKC_DEVSTACK__RELEASE: '2025'}}, 'K2D1004', /^K2HDKC_DEVSTACK__RELEASE: release must be one of /],
	['a release that is not offered', {flags: {release: '2026.1'}}, 'K2D1005', '--release: profile sandbox does not offer release 2026.1. It offers: 2025.1.'],
	['a release of a file that is not offered', user('release: "2024.1"\n'), 'K2D1005', 'k2hdkc-devstack.yaml:1:10: profile sandbox does not offer release 2024.1. It offers: 2025.1.'],
	['a profile that is none', {profile: 'sandbax'}, 'K2D1002', 'command line: unknown profile "sandbax". Did you mean "sandbox"? There are: ci, devstack, sandbox. A file of your own is named with its path, e.g. ./sandbax.yaml'],
	['a profile file that is none', {flags: {profile: './mine.yaml'}}, 'K2D1002', 'command line: there is no profile file ./mine.yaml'],
	['a profile below a file', {flags: {profile: './a/b.yaml'}, files: {a: ''}}, 'K2D1002', 'command line: there is no profile file ./a/b.yaml'],
	['a profile named by a variable', {env: {K2HDKC_DEVSTACK__PROFILE: 'nix'}}, 'K2D1002', /^K2HDKC_DEVSTACK__PROFILE: unknown profile "nix"\. There are: /],
	['two profiles', {profile: 'sandbox', flags: {profile: 'ci'}}, 'K2D1003', 'The profile is "sandbox" as an argument and "ci" with --profile.'],
	['a parent that is none', {profile: './p.yaml', files: {'p.yaml': 'name: a\nextends: sandbx\n'}}, 'K2D1002', /^p\.yaml:2:10: unknown profile "sandbx"\. Did you mean "sandbox"\?/],
	['a profile that extends itself', {profile: './p.yaml', files: {'p.yaml': 'extends: ./p.yaml\n'}}, 'K2D1016', 'p.yaml:1:10: profiles extend each other in a circle: p.yaml → p.yaml'],
	['profiles in a circle', {profile: 'a/p.yaml', files: {'a/p.yaml': 'extends: ../q.yml\n', 'q.yml': 'extends: a/p.yaml\n'}}, 'K2D1016', 'q.yml:1:10: profiles extend each other in a circle: a/p.yaml → q.yml → a/p.yaml'],
	['a profile that chooses a profile', {profile: './p.yaml', files: {'p.yaml': 'profile: ci\n'}}, 'K2D1013', /^p\.yaml:1:1: unknown key "profile"/],
	['a fault in a profile', {profile: './p.yaml', files: {'p.yaml': 'extends: sandbox\nname: X\n'}}, 'K2D1014', /^p\.yaml:2:7: name must have/],
];

for (const [what, situation, code, message] of cases) {
	test(`refused: ${what}`, t => {
		const error = refusal(situation);
		t.is(error?.code, code);
		t.is(lookup(code)?.exitCode, 2);
		if (typeof message === 'string') {
			t.is(error?.message, message);
		} else {
			t.regex(error?.message ?? '', message);
		}
	});
}

test('everything wrong in every layer is said at once, in the order of the layers', t => {
	const situation: Situation = {
		files: {
			'k2hdkc-devstack.yaml': 'profile: ./p.yaml\nrelase: x\nname: Test\n',
			'p.yaml': 'extends: sandbox\nsandbox: {workers: no}\n',
			'.env': 'nonsense\nK2HDKC_DEVSTACK__RELEASE=2030.1\n',
		},
		env: {K2HDKC_DEVSTACK__SSH__HOST_KEY: 'any'},
		flags: {set: ['x=1'], without: ['swfit']},
	};
	t.deepEqual(problemsOf(situation).map(({code, place}) => [code, place]), [
		['K2D1014', 'p.yaml:2:20'],
		['K2D1013', 'k2hdkc-devstack.yaml:2:1'],
		['K2D1014', 'k2hdkc-devstack.yaml:3:7'],
		['K2D1015', '.env:1:1'],
		['K2D1004', '.env:2:1'],
		['K2D1014', 'K2HDKC_DEVSTACK__SSH__HOST_KEY'],
		['K2D1013', '--set x'],
		['K2D1007', '--without swfit'],
	]);
	const error = refusal(situation);
	t.is(error?.code, 'K2D1010');
	t.regex(error?.message ?? '', /^8 errors in the configuration\np\.yaml:2:20: sandbox\.workers must be a number, not "no"\n/);
});

test('a contradiction names each project that is missing', t => {
	t.is(refusal(set('openstack.projects=admin,service'))?.message.replaceAll(/:\d+:\d+:/g, ':'), [
		'2 errors in the configuration',
		'conf/default.yaml: openstack.users gives admin a role in "demo", which is not in openstack.projects',
		'conf/default.yaml: openstack.users gives demo a role in "demo", which is not in openstack.projects',
	].join('\n'));
});
