import {X509Certificate} from 'node:crypto';
import {stringify} from 'yaml';
import type {Config} from '../../config/schema.js';
import {readSshKeys} from '../../config/sshKeys.js';
import {proxyEnvironment} from '../../sources/proxyEnvironment.js';
import {developmentFiles} from './devMode.js';
import type {SettingsFile} from './settingsFile.js';
import {preloadFiles} from './preload.js';

/** What the configuration says of guests, and the text of proxy.caFile as the host has it. */
export type GuestSettings = {
	readonly config: Pick<Config, 'images' | 'openstack' | 'proxy' | 'sandbox'>;
	readonly proxyAuthority: string | undefined;
	/** Ranges and addresses of the cloud, which guests reach past a proxy; without them, all where a sandbox can lie. */
	readonly cloudRanges?: readonly string[];
};

/** The certificates in a PEM file; none where one of them is damaged. */
export const certificatesOf = (pem: string): readonly string[] => {
	const found = [...pem.matchAll(/-{5}BEGIN CERTIFICATE-{5}.*?-{5}END CERTIFICATE-{5}/gs)].map(([text]) => text);
	try {
		return found.map(text => new X509Certificate(text).toString());
	} catch {
		return [];
	}
};

/** What is wrong with proxy.caFile; undefined when it can be used, or none is named. */
export const authorityFault = ({config: {proxy: {caFile}}, proxyAuthority}: GuestSettings): string | undefined => {
	if (caFile === null || (proxyAuthority !== undefined && certificatesOf(proxyAuthority).length > 0)) {
		return undefined;
	}

	return proxyAuthority === undefined ? `proxy.caFile: ${caFile} is not there` : `proxy.caFile: ${caFile} holds no usable certificate in PEM form`;
};

/** Where a sandbox's own addresses can lie: an image serves every environment of its configuration. */
const sandboxRanges = ({sandbox, openstack: {networks}}: GuestSettings['config']): readonly string[] =>
	[...new Set([...sandbox.addressPool, ...[sandbox.managementCidr, networks.private.cidr, networks.public.cidr].filter(cidr => cidr !== 'auto')])];

/** Variables of the proxies for programs in the guest; empty where none is configured. */
export const guestProxies = ({config, cloudRanges = sandboxRanges(config)}: Pick<GuestSettings, 'config' | 'cloudRanges'>): Readonly<Record<string, string>> => {
	const {http, https, no} = config.proxy;
	return http === null && https === null ? {} : proxyEnvironment({http, https, no: ['localhost', '127.0.0.0/8', '169.254.169.254', ...cloudRanges, ...no], caFile: null});
};

const proxyFile = 'etc/default/k2hdkc-proxy';

const proxyFiles = (settings: GuestSettings): SettingsFile[] => {
	const variables = Object.entries(guestProxies(settings));
	if (variables.length === 0) {
		return [];
	}

	// Read by systemd as root, as it may hold a password. In the file's quotes systemd takes backslashes before these characters away.
	const environment = variables.map(([name, value]) => `${name}="${value.replaceAll(/["$\\`]/g, String.raw`\$&`)}"\n`).join('');
	const ofApt = variables.flatMap(([name, value]) => name === 'no_proxy' ? [] : [`Acquire::${name.replace('_proxy', '')}::Proxy "${value}";\n`]).join('');
	const hosts = settings.config.proxy.no.filter(host => /^[a-z\d][\w.-]*$/i.test(host));
	const past = hosts.flatMap(host => ['http', 'https'].map(scheme => `Acquire::${scheme}::Proxy::${host} "DIRECT";\n`)).join('');
	return [
		{path: proxyFile, text: environment, mode: 0o600},
		...['docker', 'guest-agent'].map(unit => ({path: `etc/systemd/system/${unit}.service.d/proxy.conf`, text: `[Service]\nEnvironmentFile=/${proxyFile}\n`, mode: 0o644})),
		{path: 'etc/apt/apt.conf.d/80k2hdkc-proxy', text: `${ofApt}${past}`, mode: 0o644},
	];
};

const authorityFiles = ({proxyAuthority = ''}: GuestSettings): SettingsFile[] =>
	certificatesOf(proxyAuthority).map((text, index) => ({path: `usr/local/share/ca-certificates/k2hdkc-${index + 1}.crt`, text, mode: 0o644}));

/** Every file that the configuration adds; where it says nothing there is none. */
export const settingsFiles = (settings: GuestSettings): readonly SettingsFile[] => {
	const {sshKeys, dns} = settings.config.images.guest;
	const keys = readSshKeys(sshKeys);
	return [
		...(keys.length === 0 ? [] : [{path: 'etc/cloud/cloud.cfg.d/91-k2hdkc-keys.cfg', text: stringify({ssh_authorized_keys: keys}, {lineWidth: 0}), mode: 0o644}]),
		...(dns.length === 0 ? [] : [{path: 'etc/systemd/resolved.conf.d/k2hdkc.conf', text: `[Resolve]\nFallbackDNS=${dns.join(' ')}\n`, mode: 0o644}]),
		...proxyFiles(settings),
		...authorityFiles(settings),
		...developmentFiles(settings.config),
		...preloadFiles(settings.config),
	];
};
