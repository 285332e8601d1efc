import type {Variant} from '../../../../scripts/config/schema/variants.js';
import type {BackupImage} from '../../../../scripts/stages/images/backupDockerfile.js';
import type {DatabaseImage, K2hdkcSource} from '../../../../scripts/stages/images/dockerfile.js';

export const versions = {libfullock: '1.0.67', k2hash: '1.0.99', chmpx: '1.0.113', k2hdkc: '1.0.19'};

const repository = {entry: 'deb https://packages.example/debian trixie main\n', keyFile: 'keys/k2hdkc.asc'};

/** One of each kind. */
export const k2hdkcSources: Readonly<Record<K2hdkcSource['kind'], K2hdkcSource>> = {
	image: {kind: 'image'},
	packages: {kind: 'packages', versions, repository},
	files: {kind: 'files', path: 'build/k2hdkc', files: [{file: 'k2hdkc.package', name: 'k2hdkc', version: '1.0.19'}], libraries: ['libyaml']},
	directory: {kind: 'directory', path: 'build/k2hdkc', libraries: ['libyaml']},
};

export const databaseSample = (variant: Variant, k2hdkc: K2hdkcSource, more: Partial<DatabaseImage> = {}): DatabaseImage => ({
	variant,
	baseImage: `registry.example/${variant}:1`,
	baseOrigin: `docker.example/${variant}:1`,
	baseHas: [],
	extraPackages: [],
	hooks: [],
	k2hdkc,
	version: '1.0.19',
	source: {url: 'https://example.org/k2hdkc-devstack', revision: 'abc"$def'},
	...more,
});

export const backupSample = (variant: Variant, more: Partial<BackupImage> = {}): BackupImage => ({
	variant,
	baseImage: `localhost/k2hdkc-trove-${variant}:1.0.19`,
	baseOrigin: 'registry.example/k2hdkc-trove:1.0.19',
	python: null,
	extraPackages: [],
	hooks: [],
	trove: {path: 'trove/backup', ref: 'trove 26.0.0, sha256 "96401d646c52"'},
	version: '1.0.19',
	source: {url: 'https://example.org/k2hdkc-devstack', revision: 'abc'},
	...more,
});
