import {stringify} from 'yaml';
import type {Config} from '../../config/schema.js';

/** What the configuration of a K2HR3 server is made of. */
export type K2hr3Facts = {
	/** Of the server, as instances see it. */
	readonly address: string;
	readonly hostName: string;
	/** Of the machine that passes requests on: where users and K2HR3 itself find things. */
	readonly machine: string;
	/** Keystone, as the server reaches it. */
	readonly identity: string;
	/** By which users reach that machine. */
	readonly scheme: 'http' | 'https';
	readonly ports: Config['k2hr3']['ports'];
	readonly region: string;
	/** Protects the tokens in the paths that K2HR3 hands out. */
	readonly passphrase: string;
};

/** Ports of the ring, which nobody but the server itself uses. */
const ring = {port: 18_020, control: 18_021, slaveControl: 18_031} as const;

/**
 * One server node and one slave node. CHMPX as an ordinary user wants fs.mqueue.msg_max to be at least MAXMQSERVER + MAXMQCLIENT: 10, the
 * kernel's default. Nodes must agree about the server's name: of an address each would ask the resolver, whose answer is another one while a
 * server boots. The name is in /etc/hosts, which comes first.
 */
export const ringConfiguration = (mode: 'server' | 'slave', {hostName}: Pick<K2hr3Facts, 'hostName'>): string => {
	const memory = {K2HFULLMAP: 'on', K2HMASKBIT: 4, K2HCMASKBIT: 4, K2HMAXELE: 8};
	const own = mode === 'server'
		? {PORT: ring.port, CTLPORT: ring.control, SELFCTLPORT: ring.control}
		: {CTLPORT: ring.slaveControl, SELFCTLPORT: ring.slaveControl};
	const sections = {
		GLOBAL: {
			FILEVERSION: 1, GROUP: 'K2HR3', MODE: mode.toUpperCase(), DELIVERMODE: 'hash', MAXCHMPX: 8, REPLICA: 0,
			MAXMQSERVER: 2, MAXMQCLIENT: 8, MQPERATTACH: 1, MAXQPERSERVERMQ: 8, MAXQPERCLIENTMQ: 8, MAXMQPERCLIENT: 8, MAXHISTLOG: 0,
			...own,
			RWTIMEOUT: 500, RETRYCNT: 1000, CONTIMEOUT: 500, MQRWTIMEOUT: 50, MQRETRYCNT: 10_000, MQACK: 'no',
			AUTOMERGE: 'on', DOMERGE: 'on', MERGETIMEOUT: 0, SOCKTHREADCNT: 8, MQTHREADCNT: 8, MAXSOCKPOOL: 8, SOCKPOOLTIMEOUT: 0, SSL: 'no',
			...memory,
		},
		SVRNODE: {NAME: hostName, PORT: ring.port, CTLPORT: ring.control, SSL: 'no'},
		SLVNODE: {NAME: '[.]*', CTLPORT: ring.slaveControl},
		K2HDKC: {K2HTYPE: 'file', K2HFILE: '/var/lib/k2hr3/k2hdkc.k2h', K2HINIT: 'no', ...memory, K2HPAGESIZE: 512, MAXTHREAD: 8},
	};
	return Object.entries(sections).map(([section, options]) => `[${section}]\n${Object.entries(options).map(([name, value]) => `${name} = ${value}\n`).join('')}`).join('\n');
};

/**
 * Members whose address nobody has for an hour are removed: a restart of a guest takes less, and a node registers again when it starts. The watcher
 * looks every five minutes; the kernel needs three seconds to find that nobody has an address.
 */
const watching = {type: 'Function', funcmod: '/usr/local/libexec/k2hr3-alive.cjs', pendingsec: 3600, intervalms: 300_000, timeoutms: 10_000, parallelcnt: 32};

/** Laid over the defaults of k2hr3-api; what is null or empty there goes to the journal. */
export const apiConfiguration = ({address, machine, identity, ports, region, passphrase}: K2hr3Facts): unknown => {
	const baseuri = `http://${address}:${ports.api}`;
	return {
		keystone: {type: 'openstackapiv3', eptype: 'list', epfile: null, eplist: {[region]: identity}},
		k2hdkc: {config: '/etc/k2hr3/slave.ini', port: ring.slaveControl},
		chkipconfig: watching,
		corsips: [machine],
		multiproc: false, scheme: 'http', port: ports.api, runuser: '', privatekey: '', cert: '', ca: '',
		logdir: '/var/log/k2hr3', consolelogname: null, watcherlogname: null, wconsolelogname: null,
		userdata: {
			baseuri, cc_templ: 'config/k2hr3-cloud-config.txt.templ', script_templ: 'config/k2hr3-init.sh.templ', errscript_templ: 'config/k2hr3-init-error.sh.templ',
			algorithm: 'aes-256-cbc', passphrase,
		},
		extdata: {trove: {baseuri, template: 'config/k2hr3-init.sh.templ', useragent: 'extdata_k2hr3_trove', contenttype: 'text/x-shellscript; charset="us-ascii"'}},
	};
};

/** The browser of the user asks the API by itself. */
export const appConfiguration = ({machine, scheme, ports}: K2hr3Facts): unknown => ({
	scheme: 'http', port: ports.app, multiproc: false, runuser: '', logdir: '/var/log/k2hr3', consolelogname: null,
	validator: 'userValidateCredential', apischeme: scheme, apihost: machine, apiport: ports.api,
});

const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, '\t')}\n`;

/** Cloud-init's user data: all of the configuration, as files that only the programs may read. It holds the passphrase. */
export const k2hr3UserData = (facts: K2hr3Facts): string => {
	const files = {
		'server.ini': ringConfiguration('server', facts), 'slave.ini': ringConfiguration('slave', facts),
		'api.json': toJson(apiConfiguration(facts)), 'app.json': toJson(appConfiguration(facts)),
	};
	return `#cloud-config\n${stringify({
		write_files: [
			{path: '/etc/hosts', append: true, content: `${facts.address}\t${facts.hostName}\n`},
			...Object.entries(files).map(([name, content]) => ({path: `/etc/k2hr3/${name}`, owner: 'k2hr3:k2hr3', permissions: '0600', content})),
		],
	}, {lineWidth: 0})}`;
};
