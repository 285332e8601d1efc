import {readSshKeys} from '../../config/sshKeys.js';
import {answerMark} from './bootQuestions.js';
import {certificatesOf, guestProxies, type GuestSettings} from './settings.js';

/** Name and value of each answer on the serial line; undefined when the guest did not answer. */
export const parseAnswers = (serial: string): ReadonlyMap<string, string> => {
	const answers = [...serial.matchAll(new RegExp(String.raw`${answerMark} (\S+) ?(.*?)\s*$`, 'gm'))];
	return new Map(answers.map(([, name = '', value = '']) => [name, value]));
};

export type Expectation = readonly [name: string, wanted: string, holds: (value: string) => boolean];

const is = (name: string, value: string): Expectation => [name, value, found => found === value];

/** What every guest image must be able to do, wherever it was built. */
export const contract: readonly Expectation[] = [
	is('docker', 'active'), is('ssh', 'active'), is('networkd', 'active'),
	['root-mib', 'the size of the disk', value => Number(value) > 7000],
	is('agent-unit', 'enabled'), is('trove-groups', 'trove docker'),
	['host-keys', 'at least one', value => Number(value) > 0],
	['datastore-ports', 'those of k2hdkc', value => /\b8020\b/.test(value)],
	is('failed-units', ''),
];

/** What the configuration adds to that. */
export const settingsExpectations = ({config, proxyAuthority = ''}: GuestSettings): readonly Expectation[] => {
	const {ipv6, sshKeys, dns, devMode, preload} = config.images.guest;
	const proxies = String(Object.keys(guestProxies({config})).filter(name => name !== 'no_proxy').length);
	return [
		is('ipv6-off', ipv6 ? '0' : '1'), is('admin-keys', String(readSshKeys(sshKeys).length)), is('fallback-dns', dns.join(' ')),
		is('docker-proxies', proxies), is('apt-proxies', proxies), ['agent-proxies', proxies === '0' ? 'empty' : 'a file', value => (value === '') === (proxies === '0')],
		is('authorities', String(certificatesOf(proxyAuthority).length)),
		is('controller-key', devMode ? '600 trove' : ''),
		['container-images', `${preload.length} or more`, value => preload.length === 0 ? value === '0' : Number(value) >= preload.length], is('archives', '0'),
	];
};

/** What is wrong with a guest that said this on its serial line; empty when nothing is. */
export const judgeBoot = (serial: string, expectations: readonly Expectation[]): readonly string[] => {
	const answers = parseAnswers(serial);
	if (answers.size === 0) {
		return [serial.includes('Linux version') ? 'the kernel booted, but cloud-init did not run the questions' : 'no kernel booted'];
	}

	return [
		...expectations.flatMap(([name, wanted, holds]) => {
			const value = answers.get(name);
			return value !== undefined && holds(value) ? [] : [`${name} is ${value === undefined ? 'not known' : `"${value}"`}, not ${wanted}`];
		}),
		...(/Cloud-init v\. .* finished at/.test(serial) ? [] : ['cloud-init did not finish']),
	];
};
