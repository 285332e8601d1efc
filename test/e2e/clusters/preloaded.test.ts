import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {openInstances} from '../support/instances.js';
import {inGuest, inside} from '../support/machine.js';
import {openRing} from '../support/ring.js';
import {expect, hostNeeds} from '../support/tool.js';
import {addGuestImage} from '../support/withServers.js';

const preload = ['--set', 'images.guest.preload=[database]'];

// K2HDKC and K2HR3 are stand-ins; all else is what a user has.
test.serial('an instance of a guest image that has the database image comes up while the registry is away', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const {all, demo, network, words} = await openRing(t, 'preloaded');
	await expect(t, 0, ['up', ...words, ...preload, '--only', 'images.guest.preload']);
	// Trove takes the newest image with the tags of the version.
	const image = await addGuestImage(all, {name: 'preloaded', more: preload});
	const instances = openInstances(demo);
	await inside('systemctl stop docker-registry');
	try {
		const started = Date.now();
		const id = await instances.create({name: 'preloaded', flavorRef: 'd2', volume: {size: 1}, nics: [{'net-id': network}], datastore: {type: 'k2hdkc', version: '1.0.19'}});
		await instances.settled(id, ['ACTIVE', 'HEALTHY']);
		t.log(`HEALTHY after ${((Date.now() - started) / 1000).toFixed(0)} s`);
		const server = (await all.list()).find(({name}) => name === 'preloaded')!.id;
		t.is(await inGuest(server, 'docker exec database /usr/libexec/k2hdkctrove.sh status'), 'HEALTHY\n');
		await instances.remove(id);
	} finally {
		await inside('systemctl start docker-registry');
		await all.removeImage(image);
	}

	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
