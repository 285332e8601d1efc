import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {startResettingProxy, type ResettingProxy} from '../../fixtures/resettingProxy.js';
import {sshServerNeeds, startSshServer, type SshServer} from '../../fixtures/sshServer.js';
import {needs} from '../../helpers/needs.js';
import {borrowRoot} from '../support/borrowRoot.js';
import {document, expect, follow, hostNeeds, run, type Ended} from '../support/tool.js';

const wanted = {root: true, commands: {...hostNeeds.commands, ...sshServerNeeds.commands}} as const;

type Link = {readonly server: SshServer; readonly proxy: ResettingProxy; readonly flags: readonly string[]};

let link: Link | undefined;

// This host, reached as another one would be.
const linkOf = async (): Promise<Link> => {
	if (link === undefined) {
		const server = await startSshServer();
		const proxy = await startResettingProxy('127.0.0.1', server.port);
		const flags = ['--machine', `ssh://root@127.0.0.1:${proxy.port}`, '--set', `ssh.identityFile=${server.identityFile}`, '--set', `ssh.knownHosts=${server.knownHosts}`];
		link = {server, proxy, flags};
	}

	return link;
};

test.after.always(async () => {
	await link?.proxy.stop();
	await link?.server.stop();
});

type Status = {readonly inPlace: boolean};

const cuts: ReadonlyMap<string, (link: Link) => Promise<void>> = new Map([
	['keystone', async ({proxy}) => {
		proxy.reset();
		await sleep(2000);
		proxy.heal();
	}],
	['neutron', async ({server}) => server.killSessions()],
]);

/** `cut`: steps in which the link was cut already; those of this run are added. */
const upWithCuts = async (link: Link, cut: Set<string>): Promise<Ended> => follow(['up', ...link.flags], event => {
	const id = event.type === 'step-start' ? event.step.id : '';
	if (cuts.has(id) && !cut.has(id)) {
		cut.add(id);
		void sleep(700).then(async () => cuts.get(id)!(link));
	}
});

/** A command whose exit code was lost is unknown; a request that was cut off may be known to have failed. */
const saysHowToGoOn = (t: ExecutionContext, {code, stderr}: Ended): void => {
	t.true(code === 6 || code === 1, stderr);
	t.regex(stderr, /\[K2D\d{4}]/);
	t.regex(stderr, /resume .*--machine ssh:\/\/root@127\.0\.0\.1/);
};

test.serial('up over SSH from nothing, the link cut twice: what is unknown is looked up, and the environment is the same', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const link = await linkOf();
	await borrowRoot();
	const cut = new Set<string>();
	let last: Ended | undefined;
	for (let round = 1; round <= 4 && last?.code !== 0; round++) {
		last = await upWithCuts(link, cut);
		t.log(`up, round ${round}: exit code ${last.code}, ${last.seconds.toFixed(1)} s, cut so far in ${[...cut].join(' and ')}`);
		if (last.code !== 0) {
			saysHowToGoOn(t, last);
		}
	}

	t.is(last?.code, 0);
	t.deepEqual([...cut].toSorted(), ['keystone', 'neutron']);
});

test.serial('over SSH a second up, status, openstack, shell and logs do as they do here', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const {flags} = await linkOf();
	const {stderr, stdout} = await expect(t, 0, ['up', ...flags]);
	t.regex(stderr, /Everything is in place and verified: \d+ steps\./);
	t.regex(stdout, /ssh -N -L 5000:[\d.]+:5000 .* ssh:\/\/root@127\.0\.0\.1:\d+/);
	t.true(document<Status>(await expect(t, 0, ['status', '--json', ...flags])).inPlace);
	const listed = await expect(t, 0, ['openstack', ...flags, '--', 'datastore', 'version', 'list', 'k2hdkc', '-f', 'json']);
	t.deepEqual((JSON.parse(listed.stdout) as Array<{Name: string}>).map(({Name}) => Name), ['1.0.19']);
	const shell = await run(['shell', ...flags], {input: 'systemctl is-active trove-api\nexit 37\n'});
	t.is(shell.stdout.trim(), 'active');
	t.is(shell.code, 37, shell.stderr);
	t.regex((await expect(t, 0, ['logs', 'keystone'])).stdout, /keystone/);
});

test.serial('the environment built over SSH is the one that is seen without', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	const {stderr} = await expect(t, 0, ['up']);
	t.regex(stderr, /Everything is in place and verified: \d+ steps\./);
});
