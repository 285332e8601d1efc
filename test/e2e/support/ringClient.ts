import {Buffer} from 'node:buffer';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {packageRoot} from '../../../scripts/packageRoot.js';
import {openCloud, type Cloud} from './cloud.js';
import {inGuest, inside} from './machine.js';
import {openServers, until} from './servers.js';
import {document, expect, paths} from './tool.js';

/** A client of a ring: a server of the user's with a slave node of CHMPX and k2hdkclinetool, in a container of the database image. */
export type RingClient = {
	/** Sets key-1 to key-COUNT. */
	readonly set: (count: number) => Promise<void>;
	/**
	 * How many of key-1 to key-COUNT have their value. What is not found at once is looked for again for a minute, and told: a client may take a moment to see that
	 * members are back, and a key that is lost stays away.
	 */
	readonly count: (count: number) => Promise<number>;
	readonly remove: () => Promise<void>;
};

/** As K2HR3 knows it. */
export const clientName = 'client';

/** Registers as a slave with K2HR3, once, and takes the configuration of now. The document is read for three values and never run. */
const follow = `
set -eu
mkdir -p /root/ring
curl --silent --fail --user-agent extdata_k2hr3_trove --output /root/document "$(cat /root/extdata-url)"
assigned() { sed -n "s/^$1=[\\"']\\{0,1\\}\\([^\\"']*\\)[\\"']\\{0,1\\}[[:space:]]*\\$/\\1/p" /root/document | head -n 1; }
token=$(assigned K2HR3_ROLE_TOKEN) role=$(assigned K2HR3_ROLE_NAME) api=$(assigned K2HR3_API_HOST_URI)
[ -e /root/ring/slave.ini ] || curl --silent --fail --request PUT --get --header "x-auth-token: R=$token" --data-urlencode cuk=${clientName} --data-urlencode extra=openstack-auto-v1 --data-urlencode tag=client "$api/v1/role/$role"
curl --silent --fail --header "x-auth-token: R=$token" "$api/v1/resource/$(echo "$role" | sed s/:role:/:resource:/)" |
	python3 -c 'import json, sys; print(json.load(sys.stdin)["resource"].replace("__SELF_INSTANCE_ID__", "${clientName}"))' >/root/ring/slave.ini.new
mv /root/ring/slave.ini.new /root/ring/slave.ini
`;

const inText = (text: string): string => Buffer.from(text).toString('base64');

/** User data of a slave node installs packages; this client has the programs already and takes the address of the registration only. */
const packageSource = async (t: ExecutionContext): Promise<readonly string[]> => {
	const directory = await mkdtemp(path.join(tmpdir(), 'ring-client-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const key = path.join(directory, 'key.asc');
	await writeFile(key, '-----BEGIN PGP PUBLIC KEY BLOCK-----\n-----END PGP PUBLIC KEY BLOCK-----\n');
	return ['images.database.variant=alpine', 'sources.k2hdkc=packages:k2hdkc=1.0.19', 'sources.k2hdkcRepository.entry=deb http://packages.example/ trixie main', `sources.k2hdkcRepository.keyFile=${key}`].flatMap(setting => ['--set', setting]);
};

export type RingPlace = {
	/** Name of the ring in K2HR3. */
	readonly ring: string;
	/** Image of Glance, and network, of the server. */
	readonly image: string;
	readonly network: string;
	/** Words that name K2HR3 to the tool. */
	readonly words: readonly string[];
};

/** Puts a server of the user's beside the ring's nodes. It pulls from the environment's registry as they do. */
export const openRingClient = async (t: ExecutionContext, demo: Cloud, {ring, image, network, words}: RingPlace): Promise<RingClient> => {
	const servers = openServers(demo);
	const database = `${(await openCloud((await paths()).environment)).address}:5443/antpickax/k2hdkc-trove:1.0.19`;
	const userData = inText(await inside('cat /etc/trove/cloudinit/k2hdkc.cloudinit'));
	const id = await servers.create({name: 'ring-client', imageRef: image, flavorRef: 'd2', networks: [{uuid: network}], security_groups: [{name: 'k2hdkc-slave-sec'}], user_data: userData});
	await servers.settled(id, 'ACTIVE');
	await until('docker of the client serves', async () => inGuest(id, 'docker info >/dev/null 2>&1 && echo yes').catch(() => undefined));
	const {userData: ofSlave} = document<{userData: string}>(await expect(t, 0, ['k2hr3', 'slave', ring, '--project', 'demo', '--json', ...words, ...await packageSource(t)]));
	const [url] = /https?:\/\/[^\s'"]+\/v1\/extdata\/trove\/[^\s'"]+/.exec(ofSlave)!;
	const put = async (file: string, text: string): Promise<void> => {
		await inGuest(id, `echo ${inText(text)} | base64 --decode > ${file}`);
	};

	await put('/root/extdata-url', url);
	await put('/root/follow', follow);
	await put('/root/wait', await readFile(path.join(packageRoot, 'conf/k2hr3/slave/wait.sh'), 'utf8'));
	await inGuest(id, 'sh /root/follow; sh /root/wait /root/ring/slave.ini');
	await inGuest(id, `docker run --detach --name client --user 0 --network host --ipc private --sysctl fs.mqueue.msg_max=256 --sysctl fs.mqueue.queues_max=512 --volume /root/ring:/ring --entrypoint chmpx ${database} -conf /ring/slave.ini -d err`);
	const tool = async (commands: readonly string[]): Promise<string> => {
		await inGuest(id, 'sh /root/follow');
		await put('/root/ring/commands', [...commands, 'exit', ''].join('\n'));
		return inGuest(id, 'timeout 300 docker exec client k2hdkclinetool -conf /ring/slave.ini -ctlport 8031 -run /ring/commands');
	};

	const keys = (count: number): number[] => Array.from({length: count}, (_, index) => index + 1);
	const countOnce = async (wanted: number): Promise<number> => {
		const said = await tool(keys(wanted).map(number => `print key-${number}`));
		return keys(wanted).filter(number => said.includes(`"key-${number}" => "value-${number}"`)).length;
	};

	const count = async (wanted: number): Promise<number> => {
		const started = Date.now();
		let found = await countOnce(wanted);
		while (found < wanted && Date.now() - started < 60_000) {
			t.log(`${found} of ${wanted} keys after ${((Date.now() - started) / 1000).toFixed(0)} s`);
			found = await countOnce(wanted);
		}

		return found;
	};

	await until('the client reaches the ring', async () => {
		await tool(['set probe value']);
		return (await tool(['print probe'])).includes('"probe" => "value"') ? true : undefined;
	}, 120);
	return {
		count,
		async set(wanted) {
			await tool(keys(wanted).map(number => `set key-${number} value-${number}`));
		},
		remove: async () => servers.remove(id),
	};
};
