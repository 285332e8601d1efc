import {readFileSync} from 'node:fs';
import path from 'node:path';
import {registriesOf} from '../../config/insecureRegistries.js';
import type {Config, Setting} from '../../config/schema.js';
import {quote} from '../../machines/quote.js';
import {renderTemplate, withSections, type TemplateValues} from '../../openstack/template.js';
import {packageRoot} from '../../packageRoot.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {allocationPool, firstAddress} from '../addresses.js';
import {builtImageOptions} from '../images/containers/push.js';
import type {DevstackPaths, stackPasswords} from './devstackEnv.js';
import {privateNetwork} from './place.js';
import {registryOf} from './registry.js';
import {repositorySource} from './repositories.js';
import {cirrosImage, type DevstackRelease} from './support.js';

/** What goes into local.conf. */
export type LocalConf = {
	readonly config: Config;
	readonly support: DevstackRelease;
	readonly paths: DevstackPaths;
	/** DevStack's name for the system; undefined for one that is not known. */
	readonly system: string | undefined;
	readonly hostAddress: string;
	/** Those of the machine; openstack.networks.dns goes before them. */
	readonly nameServers: readonly string[];
	readonly passwords: Readonly<Record<(typeof stackPasswords)[number], string>>;
};

/** One word of a shell. */
const word = (value: string | number | boolean): string => quote(String(value));

const rangeValues = ({devstack: {ranges}}: Config): TemplateValues => {
	const [{start, end}, floating] = [allocationPool(ranges.management), allocationPool(ranges.floating)];
	return {
		...ranges, privatePrefix: privateNetwork(ranges).split('/')[1]!, floatingGateway: firstAddress(ranges.floating), floatingStart: floating.start, floatingEnd: floating.end,
		managementStart: start, managementEnd: end,
	};
};

const sourceValues = ({config: {sources: {devstack}}, support}: LocalConf): TemplateValues => ({
	git: word(devstack.git), novnc: word(devstack.novnc), etcd: word(devstack.etcd), cirros: word(cirrosImage(devstack.cirros, support)),
});

const optionText = (value: Setting = ''): string => Array.isArray(value) ? value.join(',') : String(value);

const datastoreValues = (config: Config): TemplateValues => {
	const {datastore: {defaultVersion, versions, options: configured}} = config;
	const registry = registryOf(config);
	const built = builtImageOptions(config, registry);
	const options = {...configured, ...built};
	const withoutTls = [...(Object.keys(built).length > 0 ? [registry.address] : []), ...registriesOf(configured.docker_insecure_registries)];
	const version = versions.find(({name}) => name === defaultVersion);
	return {
		version: word(defaultVersion), imageTags: word(version?.imageTags.join(',') ?? ''),
		image: word(optionText(options.docker_image)), backupImage: word(optionText(options.backup_docker_image)),
		registries: word(withoutTls.join(',')),
	};
};

/** DevStack's programs ask its own services by the address of the machine: never through a proxy. Of the authority the jobs that run them know. */
const proxyLines = ({proxy: {http, https, no}}: Config, hostAddress: string): readonly string[] => {
	const direct = http === null && https === null ? no : [...new Set(['localhost', '127.0.0.1', hostAddress, ...no])];
	return Object.entries(proxyEnvironment({http, https, no: direct, caFile: null})).map(([name, value]) => `${name}=${word(value)}`);
};

/** Services that are on or off by components, and what only some machines need. */
const serviceLines = ({config, config: {components, devstack}, system, hostAddress}: LocalConf): readonly string[] => [
	...(components.swift ? ['enable_service s-proxy s-object s-container s-account'] : []),
	...(components.cinder ? [] : ['disable_service c-api c-sch c-vol']),
	`${components.dashboard ? 'enable_service' : 'disable_service'} horizon`,
	// Python of Rocky 9 itself is 3.9, which Trove and others have left behind.
	...(system === 'rhel9' ? ['PYTHON3_VERSION=3.11'] : []),
	// Otherwise stack.sh switches it off; what it must let in is the tool's to say.
	...(system === 'rhel9' || system === 'rhel10' ? ['FORCE_FIREWALLD=True'] : []),
	...(devstack.anySystem ? ['FORCE=yes'] : []),
	...proxyLines(config, hostAddress),
];

/** Of the images and the registries the plugin takes care. Where K2HR3 is stands in a file by itself. */
const troveSections = ({datastore, trove}: Config): readonly string[] => {
	const {docker_image: _, backup_docker_image: __, docker_insecure_registries: ___, ...group} = datastore.options;
	return [
		withSections('[[post-config|$TROVE_CONF]]', {k2hdkc: group, ...trove.conf}),
		...(Object.keys(group).length > 0 ? [withSections('[[post-config|$TROVE_GUESTAGENT_CONF]]', {k2hdkc: group})] : []),
	].map(section => section.trimEnd());
};

/** Servers that ran before the machine was started anew run after it, that of K2HR3 among them. */
const novaSection = withSections('[[post-config|$NOVA_CONF]]', {DEFAULT: {resume_guests_state_on_host_boot: true}}).trimEnd();

/** Text of local.conf. What the configuration adds comes last, where it wins. */
export const renderLocalConf = (values: LocalConf): string => {
	const {config, paths, hostAddress, nameServers, passwords} = values;
	const {devstack: {variables = {}, sections}, openstack: {networks: {dns}}} = config;
	const ref = (name: string): string => word(repositorySource(config, name).ref);
	const text = renderTemplate(readFileSync(path.join(packageRoot, 'conf/devstack/local.conf'), 'utf8'), {
		hostAddress, password: passwords, directory: word(paths.directory), plugin: word(paths.plugin),
		ref: {neutron: ref('neutron'), trove: ref('trove'), dashboard: ref('trove-dashboard')},
		nameServers: word((dns.length > 0 ? dns : nameServers).join(',')),
		range: rangeValues(config), source: sourceValues(values), datastore: datastoreValues(config), services: serviceLines(values).join('\n'),
	});
	const own = Object.entries(variables).map(([name, value]) => `${name}=${word(value)}`);
	return [
		text.trimEnd(),
		...(own.length > 0 ? ['', '# Of devstack.variables.', ...own] : []),
		'', novaSection,
		...troveSections(config).flatMap(section => ['', section]),
		...(sections.trim() === '' ? [] : ['', sections.trim()]),
		'',
	].join('\n');
};
