import test, {type ExecutionContext} from 'ava';
import type {Page} from 'playwright-core';
import {needs} from '../helpers/needs.js';
import {serveHttp} from '../helpers/serveHttp.js';
import {openWindow} from '../e2e/support/chromium.js';
import {machineName} from '../e2e/support/machine.js';
import {readSecrets} from '../e2e/support/secrets.js';
import {document, expect, follow, hostNeeds, paths, run, worked} from '../e2e/support/tool.js';

// In a browser with JavaScript: dialogs, and fields that appear with the datastore. What the pages say without it is tested beside.

const wanted = {...hostNeeds, commands: {...hostNeeds.commands, chromium: 'chromium'}};
const group = 'from-the-window';
const [ring, cluster] = ['window-ring', 'window-cluster'];

const component = ['--with', 'dashboard'];

const address = async (): Promise<string> => {
	const {endpoints} = document<{endpoints: ReadonlyArray<{readonly name: string; readonly url: string}>}>(await run(['status', '--json', ...component]));
	return endpoints.find(({name}) => name === 'dashboard')!.url;
};

const logIn = async (page: Page): Promise<void> => {
	await page.goto('/auth/login/');
	await page.fill('#id_username', 'demo');
	await page.fill('#id_password', (await readSecrets((await paths()).environment)).get('user.demo')!);
	await page.click('#loginBtn');
	await page.waitForURL('**/project/**');
};

type Listed = ReadonlyArray<{readonly ID: string; readonly Name: string}>;

const command = ['openstack', '--', '--os-cloud', `${machineName}-demo`, 'database'];

const asDemo = async <R>(t: ExecutionContext, ...words: readonly string[]): Promise<R> =>
	JSON.parse((await expect(t, 0, [...command, ...words, '-f', 'json'])).stdout) as R;

/** What the test made, or an earlier one that was cut off. */
const removeTraces = async (): Promise<void> => {
	for (const [kind, wantedName] of [['cluster', cluster], ['configuration', group]] as const) {
		const listed = document<Listed>(await run([...command, kind, 'list', '-f', 'json']));
		for (const {ID, Name} of listed) {
			if (Name === wantedName) {
				await run([...command, kind, 'delete', ID]);
			}
		}
	}
};

const createGroup = async (page: Page): Promise<void> => {
	await page.goto('/project/database_configurations/');
	await page.click('#configurations__action_create_configuration');
	await page.fill('.modal #id_name', group);
	await page.selectOption('.modal #id_datastore', 'k2hdkc,1.0.19');
	await page.click('.modal input[type=submit]');
	await page.click(`a:text-is("${group}")`);
};

const addParameter = async (page: Page, name: string, value: string): Promise<void> => {
	await page.click('#values__action_add_parameter');
	await page.selectOption('.modal #id_name', name);
	await page.fill('.modal #id_value', value);
	await page.click('.modal input[type=submit]');
};

test.serial('a person creates a configuration group with the help beside it, and asks for a cluster with it', async t => {
	if (!await needs(t, wanted)) {
		return;
	}

	await expect(t, 0, ['up', ...component]);
	await removeTraces();
	t.teardown(removeTraces);
	const {page, picture} = await openWindow(t, await address());
	await logIn(page);

	await createGroup(page);
	await page.click('.nav-tabs a:has-text("Help")');
	const row = page.locator('#k2hdkc_parameters tr', {hasText: 'chmpx-server-port'});
	await row.waitFor();
	t.deepEqual(await row.locator('td').allInnerTexts(), ['chmpx-server-port', 'Data port of a server node.', 'integer', '1024 to 32767', '8020', 'Yes']);
	await picture('help');

	await page.click('.nav-tabs a:has-text("Values")');
	await addParameter(page, 'chmpx-server-port', '80');
	await page.waitForSelector('.modal .has-error');
	await picture('out-of-range');
	await page.click('.modal .cancel');
	await addParameter(page, 'cluster-name', ring);
	await page.waitForSelector(`#values td:text-is("${ring}")`);
	await picture('values');

	await page.click('.nav a:has-text("Clusters"), .openstack-panel a:has-text("Clusters")');
	await page.click('#clusters__action_launch');
	await page.fill('.modal #id_name', cluster);
	const datastore = await page.locator('.modal #id_datastore option', {hasText: 'k2hdkc - 1.0.19'}).getAttribute('value');
	await page.selectOption('.modal #id_datastore', datastore);
	const flavors = page.locator(`.modal #id_${datastore}`);
	t.true(await flavors.isVisible(), 'the flavors of this datastore appear with it');
	await flavors.selectOption({index: 0});
	await page.fill('.modal #id_num_instances', '2');
	await page.selectOption('.modal #id_configuration', {label: `${group} (k2hdkc - 1.0.19)`});
	await picture('launch');
	await page.click('.modal input[type=submit]');
	// Without a guest image Trove refuses, and leaves nothing; who asks is told why.
	const alert = page.locator('.alert-danger', {hasText: 'Unable to launch cluster'});
	await alert.waitFor();
	t.regex(await alert.textContent() ?? '', /Failed to retrieve image with tags/);
	await picture('refused');
	t.deepEqual(await asDemo<Listed>(t, 'cluster', 'list'), []);
	const groups = await asDemo<Listed>(t, 'configuration', 'list');
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
	const {page, picture} = await openWindow(t, await address());
	await logIn(page);
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
