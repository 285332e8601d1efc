import test from 'ava';
import {parse} from 'yaml';
import {needs} from '../../helpers/needs.js';
import {openCloud} from '../support/cloud.js';
import {connectFrom, createFarAddress} from '../support/farHost.js';
import {inside} from '../support/machine.js';
import {registryClient} from '../support/registryClient.js';
import {follow, hostNeeds, paths, worked} from '../support/tool.js';

const steps = ['registry.download', 'registry.packages', 'registry', 'registry.trust'];
// Not by --with images: that is the name of a stage too, whose steps it adds to the others.
const up = ['up', '--set', 'components.images=true', ...steps.flatMap(step => ['--only', step])];

test.serial('the registry takes and gives images to who trusts its authority, and nobody else', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {code, events, stderr, seconds} = await follow(up, () => undefined);
	t.is(code, 0, stderr);
	// Packages that an earlier environment has downloaded are not downloaded again.
	t.deepEqual(worked(events).filter(id => id !== 'registry.download'), ['registry', 'registry.packages', 'registry.trust']);
	t.log(`${seconds.toFixed(1)} s`);
	const host = (await openCloud((await paths()).environment)).address;
	const authority = await inside('cat /etc/k2hdkc-devstack/tls/ca.crt');
	const client = registryClient(`${host}:5443`, authority);
	const image = await client.push('antpickax/k2hdkc-trove', '1.0.19', 'a layer');
	t.is(await client.pull(image), 'a layer');
	await t.throwsAsync(fetch(`https://${host}:5443/v2/`), undefined, 'a certificate of an unknown authority');
	t.is(await connectFrom(await createFarAddress(t), host, 5443), 'silence');

	// What Trove hands to guests lets their docker trust it.
	const {bootcmd} = parse(await inside('cat /etc/trove/cloudinit/k2hdkc.cloudinit')) as {bootcmd: string[][]};
	t.true(bootcmd[0]!.at(-1)!.includes(authority.trim()));
	t.true(bootcmd[0]!.at(-1)!.endsWith(`/etc/docker/certs.d/${host}:5443/ca.crt`));

	// Keys are for the service alone; images outlive a restart.
	t.is((await inside('cd /etc/k2hdkc-devstack/tls && stat -c "%n %a %U:%G" *')).trim(), 'ca.crt 644 root:root\nca.key 600 root:root\nregistry.crt 644 root:root\nregistry.key 640 root:docker-registry');
	await inside('systemctl restart docker-registry');
	t.deepEqual(worked((await follow(up, () => undefined)).events), []);
	t.is(await client.pull(image), 'a layer');
});

test.serial('it goes without TLS when the configuration lists it, and guests hear of that; images stay', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const host = (await openCloud((await paths()).environment)).address;
	const repositories = async (scheme: string): Promise<unknown> => JSON.parse(await inside(`curl --silent --fail --cacert /etc/k2hdkc-devstack/tls/ca.crt ${scheme}://${host}:5443/v2/_catalog`));
	const before = await repositories('https');
	const listed = ['--set', `datastore.options.docker_insecure_registries=[${host}:5443]`];
	const plain = await follow([...up, ...listed], () => undefined);
	t.is(plain.code, 0, plain.stderr);
	t.deepEqual(worked(plain.events), ['registry', 'registry.trust']);
	t.deepEqual(await repositories('http'), before);
	await t.throwsAsync(repositories('https'));
	const {bootcmd} = parse(await inside('cat /etc/trove/cloudinit/k2hdkc.cloudinit')) as {bootcmd: string[][]};
	t.true(bootcmd[1]!.at(-1)!.includes(`/etc/docker/daemon.json ${host}:5443`));

	const back = await follow(up, () => undefined);
	t.deepEqual(worked(back.events), ['registry', 'registry.trust']);
	t.deepEqual(await repositories('https'), before);
});
