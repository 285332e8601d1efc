import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {serveHttp} from '../../helpers/serveHttp.js';
import {asDemo, component, openHorizon, removeTraces, type Listed} from '../support/horizon.js';
import {expect, follow, hostNeeds, worked} from '../support/tool.js';

// In a browser with JavaScript: dialogs, and fields that appear with the datastore. What the pages say without it is tested beside.

const wanted = {...hostNeeds, commands: {...hostNeeds.commands, chromium: 'chromium'}};
const group = 'from-the-window';
const [ring, cluster] = ['window-ring', 'window-cluster'];

const ask = async <R>(t: ExecutionContext, ...words: readonly string[]): Promise<R> =>
	JSON.parse((await expect(t, 0, [...asDemo, ...words, '-f', 'json'])).stdout) as R;

test.serial('a person creates a configuration group with the help beside it, and asks for a cluster with it', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	await expect(t, 0, ['up', ...component]);
	await removeTraces(cluster, group);
	t.teardown(async () => removeTraces(cluster, group));
	const {page, picture, ...horizon} = await openHorizon(t);
	await horizon.createGroup(group);
	await page.click('.nav-tabs a:has-text("Help")');
	const row = page.locator('#k2hdkc_parameters tr', {hasText: 'chmpx-server-port'});
	await row.waitFor();
	t.deepEqual(await row.locator('td').allInnerTexts(), ['chmpx-server-port', 'Data port of a server node.', 'integer', '1024 to 32767', '8020', 'Yes']);
	await picture('help');

	await page.click('.nav-tabs a:has-text("Values")');
	await horizon.addParameter('chmpx-server-port', '80');
	await page.waitForSelector('.modal .has-error');
	await picture('out-of-range');
	await page.click('.modal .cancel');
	await horizon.addParameter('cluster-name', ring);
	await page.waitForSelector(`#values td:text-is("${ring}")`);
	await picture('values');

	await horizon.goTo('Clusters');
	await horizon.fillLaunch({name: cluster, members: 2, group});
	await picture('launch');
	await horizon.send();
	// Without a guest image Trove refuses, and leaves nothing; who asks is told why.
	const alert = page.locator('.alert-danger', {hasText: 'Unable to launch cluster'});
	await alert.waitFor();
	t.regex(await alert.textContent() ?? '', /Failed to retrieve image with tags/);
	await picture('refused');
	t.deepEqual(await ask<Listed>(t, 'cluster', 'list'), []);
	const groups = await ask<Listed>(t, 'configuration', 'list');
	t.true(groups.some(({Name}) => Name === group));
});

/** A page in place of the web application of K2HR3; its URL. */
const startApplication = async (t: ExecutionContext): Promise<string> => serveHttp(t, (_, response) => {
	response.setHeader('content-type', 'text/html').end('<title>K2HR3 stand-in</title>');
});

test.serial('the menu leads to the web application of K2HR3 while its URL is known', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	await expect(t, 0, ['up', ...component]);
	const url = await startApplication(t);
	const {code, events, stderr} = await follow(['up', ...component, '--set', `k2hr3.appUrl=${url}`], () => undefined);
	t.is(code, 0, stderr);
	t.deepEqual(worked(events), ['dashboard']);
	const {page, picture} = await openHorizon(t);
	await page.goto('/project/databases/');
	const entry = page.locator('.openstack-panel', {hasText: 'K2HR3'});
	await entry.waitFor();
	await picture('k2hr3');
	await entry.click();
	await page.waitForURL(url);
	t.is(await page.title(), 'K2HR3 stand-in');

	await expect(t, 0, ['up', ...component]);
	await page.goto('/project/databases/');
	t.is(await page.locator('.openstack-panel', {hasText: 'Clusters'}).count(), 1);
	t.is(await entry.count(), 0);
});
