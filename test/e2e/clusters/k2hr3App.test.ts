import process from 'node:process';
import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {openWindow, type Window} from '../support/chromium.js';
import {openCloud} from '../support/cloud.js';
import {machineAddress} from '../support/machine.js';
import {readSecrets} from '../support/secrets.js';
import {openServers} from '../support/servers.js';
import {expect, follow, hostNeeds, paths} from '../support/tool.js';
import {addGuestImage, prepare, up} from '../support/withServers.js';

// The web application of K2HR3 over its API and ring, all real: a prefix for sources.k2hr3 that has them, which no package registry can give.

const prefix = process.env.TEST_K2HR3_PREFIX;
const words = ['--set', `sources.k2hr3=directory:${prefix}`] as const;
const all = {...hostNeeds, commands: {...hostNeeds.commands, chromium: 'chromium'}, missing: prefix === undefined ? 'TEST_K2HR3_PREFIX names no directory with the programs of K2HR3' : undefined} as const;

const press = async ({page}: Window, name: string): Promise<void> => {
	await page.getByRole('button', {name, exact: true}).click();
};

test.serial('a user of the cloud logs in, picks the project, sees the roles of a cluster and copies the user data of its nodes', async t => {
	if (!await needs(t, all)) {
		return;
	}

	await prepare();
	await expect(t, 0, up);
	const servers = openServers(await openCloud((await paths()).environment));
	await (await servers.findImage('guest') ?? addGuestImage(servers));
	const built = await follow(['k2hr3', 'up', ...words], () => undefined);
	t.is(built.code, 0, built.stderr);
	t.log(`k2hr3 up: ${built.seconds.toFixed(1)} s`);
	await expect(t, 0, ['k2hr3', 'register', 'ring', '--project', 'demo', ...words]);

	const address = await machineAddress();
	const window = await openWindow(t, `http://${address}:28080/`);
	const {page} = window;
	await page.goto('/');
	await press(window, 'signout menu');
	await page.getByRole('menuitem', {name: 'Sign in'}).click();
	await page.locator('#username-textfield-id').fill('demo');
	await page.locator('#passphrase-textfield-id').fill((await readSecrets((await paths()).environment)).get('user.demo')!);
	await press(window, 'sign in');
	await page.getByText('First select the tenant').waitFor();
	await press(window, 'select tenant');
	await page.getByRole('menuitem', {name: 'demo', exact: true}).click();
	await page.getByText('Tenant changed.').waitFor();
	await page.getByText('ROLE', {exact: true}).click();
	for (const role of ['ring', 'server']) {
		await page.getByRole('heading', {name: role, exact: true}).click();
	}

	await page.getByRole('heading', {name: 'slave', exact: true}).waitFor();
	await window.picture('roles');
	await press(window, 'current display item and its path');
	await page.getByText('yrn:yahoo:::demo:role:ring/server').waitFor();
	await press(window, 'create a new role token and display the registration code');
	const script = page.locator('textarea', {hasText: '#include'});
	await script.waitFor();
	await window.picture('user-data');
	const userData = await script.inputValue();
	t.regex(userData, /^#include\nhttp:\/\/[\d.]+:18080\/v1\/userdata\//);
	await press(window, 'copy to clipboard');
	// What was copied is seen by pasting it: only pages of a secure origin may read the clipboard.
	await page.goto('about:blank');
	await page.setContent('<textarea></textarea>');
	await page.locator('textarea').press('Control+V');
	t.is(await page.locator('textarea').inputValue(), userData);
	await expect(t, 0, ['k2hr3', 'down', '--yes', ...words]);
});
