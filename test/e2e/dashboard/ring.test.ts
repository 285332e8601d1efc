import {isIPv4} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import type {Page} from 'playwright-core';
import {needs} from '../../helpers/needs.js';
import type {Member} from '../support/clusters.js';
import {openHorizon, removeTraces, type Horizon} from '../support/horizon.js';
import {machineAddress} from '../support/machine.js';
import {openRing} from '../support/ring.js';
import {until} from '../support/servers.js';
import {expect, follow, hostNeeds, worked} from '../support/tool.js';

// A ring by the dashboard alone. K2HDKC and K2HR3 are stand-ins, or those that TEST_K2HDKC_PREFIX and TEST_K2HR3_PREFIX name; all else is what a user has.

const [ring, cluster, group] = ['window-ring', 'window-shop', 'shop-values'];
const [flavor, network] = ['d2', 'private'];

/** As the browser has an element; the types of this project know none. */
type Term = {readonly scrollWidth: number; readonly clientWidth: number; readonly textContent: string};

/** Milliseconds in which a cluster may do what it is told. */
const patience = 900_000;

const rowOf = (page: Page) => page.locator('#clusters tbody tr', {hasText: cluster});

/** The panel shows by itself that the cluster has so many members and nothing to do any more. */
const rests = async (page: Page, members: number): Promise<void> =>
	rowOf(page).filter({hasText: `${members} instances`}).filter({has: page.locator('td', {hasText: /^\s*None\s*$/})}).waitFor({timeout: patience});

const success = async (page: Page, text: string): Promise<void> => page.locator('.alert-success', {hasText: text}).waitFor();

/** The page of the cluster: its members serve, and the tab tells of the ring. */
const tellsOf = async (t: ExecutionContext, {page, picture, goTo}: Horizon, members: readonly Member[], app: string): Promise<void> => {
	const names = members.map(({name}) => name).toSorted();
	await goTo('Clusters');
	await rowOf(page).getByRole('link', {name: cluster}).click();
	await page.click('.nav-tabs a:has-text("Instances")');
	const rows = page.locator('#instances tbody tr');
	await rows.first().waitFor();
	t.deepEqual((await rows.locator('td:first-child').allInnerTexts()).toSorted(), names);
	t.is(await rows.filter({hasText: /Active|Healthy/}).count(), names.length);
	const addresses = await rows.locator('td:nth-child(3)').allInnerTexts();
	t.true(addresses.every(text => isIPv4(text)), addresses.join(', '));
	await picture(`instances-${names.length}`);
	await page.click('.nav-tabs a:has-text("K2HDKC")');
	const tab = page.locator('#cluster_details__k2hdkc_tab');
	await tab.locator(`dd:text-is("${ring}")`).waitFor();
	const nodes = tab.locator('dl').last();
	t.deepEqual((await nodes.locator('dt').allInnerTexts()).toSorted(), names);
	t.deepEqual((await nodes.locator('dd').allInnerTexts()).toSorted(), addresses.toSorted());
	const cut = await tab.locator('dt').evaluateAll(terms => (terms as unknown as readonly Term[])
		.filter(({scrollWidth, clientWidth}) => scrollWidth > clientWidth).map(({textContent}) => textContent));
	t.deepEqual(cut, [], 'the names of nodes differ at their ends');
	t.is(await tab.getByRole('link', {name: app}).getAttribute('href'), app);
	await picture(`ring-${names.length}`);
};

/** The last entry of the group leads to the web application of the K2HR3 that is built. */
const leadsToK2hr3 = async (t: ExecutionContext, {page, picture}: Horizon, app: string): Promise<void> => {
	await until('the web application answers', async () => (await fetch(app)).ok || undefined);
	await page.goto('/project/databases/');
	const entry = page.locator('.openstack-panel', {hasText: 'K2HR3'});
	await entry.waitFor();
	await picture('menu');
	const answer = page.waitForResponse(`${app}/`);
	await entry.click();
	t.is((await answer).status(), 200);
	await page.waitForURL(`${app}/`);
};

const launch = async ({page, picture, ...horizon}: Horizon): Promise<void> => {
	await horizon.goTo('Clusters');
	await horizon.fillLaunch({name: cluster, members: 2, group, flavor, network});
	await picture('launch');
	await horizon.send();
	await success(page, `Launched cluster "${cluster}"`);
};

const grow = async ({page, picture, ...horizon}: Horizon): Promise<void> => {
	await horizon.goTo('Clusters');
	await rowOf(page).getByRole('link', {name: 'Grow Cluster'}).click();
	await page.click('#cluster_grow_instances_table__action_cluster_grow_add_instance');
	await page.selectOption('.modal #id_flavor', flavor);
	await page.selectOption('.modal #id_network', {label: network});
	await picture('add-instance');
	await horizon.send();
	await page.locator('#cluster_grow_instances_table tbody tr', {hasText: 'ds1G'}).waitFor();
	await picture('grow');
	await page.click('#cluster_grow_instances_table__action_grow_cluster_action');
	await success(page, 'Scheduled growing of cluster.');
};

const shrink = async ({page, picture, goTo}: Horizon, leaving: Member): Promise<void> => {
	await goTo('Clusters');
	await rowOf(page).locator('.dropdown-toggle').click();
	await rowOf(page).getByRole('link', {name: 'Shrink Cluster'}).click();
	const row = page.locator('#shrink_cluster_table tbody tr', {hasText: leaving.name});
	await row.waitFor();
	await picture('shrink');
	await row.getByRole('button', {name: 'Shrink Cluster'}).click();
	await page.locator('.alert-info', {hasText: 'Removed instances from cluster.'}).waitFor();
};

const remove = async ({page, picture, goTo}: Horizon): Promise<void> => {
	await goTo('Clusters');
	await rowOf(page).locator('.dropdown-toggle').click();
	await picture('delete');
	await rowOf(page).getByRole('button', {name: 'Delete Cluster'}).click();
	await success(page, 'Scheduled deletion of Cluster');
};

test.serial('a person launches a cluster with a configuration group, grows it to three, shrinks it and deletes it; the menu leads to its K2HR3', async t => {
	if (!await needs(t, {...hostNeeds, commands: {...hostNeeds.commands, chromium: 'chromium'}})) {
		return;
	}

	const {ring: nodes, words} = await openRing(t, ring, {cluster, more: ['--set', 'components.dashboard=true']});
	await removeTraces(cluster, group);
	t.teardown(async () => removeTraces(cluster, group));
	const told = await follow(['up', ...words, '--only', 'dashboard'], () => undefined);
	t.is(told.code, 0, told.stderr);
	t.deepEqual(worked(told.events), ['dashboard']);
	const app = `http://${await machineAddress()}:28080`;
	const horizon = await openHorizon(t);
	const {page, picture} = horizon;
	await leadsToK2hr3(t, horizon, app);

	await horizon.createGroup(group);
	await horizon.addParameter('cluster-name', ring);
	await page.waitForSelector(`#values td:text-is("${ring}")`);
	const two = await nodes.after('launched', 2, async () => launch(horizon));
	await rests(page, 2);
	await picture('two');
	await tellsOf(t, horizon, two, app);

	const three = await nodes.after('grown to 3', 3, async () => grow(horizon));
	await rests(page, 3);
	await picture('three');
	await tellsOf(t, horizon, three, app);

	await nodes.after('shrunk to 2', 2, async () => shrink(horizon, two[0]!));
	await rests(page, 2);
	await nodes.remove(three, async () => remove(horizon));
	await rowOf(page).waitFor({state: 'detached'});
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
