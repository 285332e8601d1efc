import type {ExecutionContext} from 'ava';
import {openWindow, type Window} from './chromium.js';
import {machineName} from './machine.js';
import {readSecrets} from './secrets.js';
import {document, paths, run} from './tool.js';

/** Word that adds the dashboard to an environment. */
export const component = ['--with', 'dashboard'] as const;

export const passwordOf = async (user: string): Promise<string> => (await readSecrets((await paths()).environment)).get(`user.${user}`)!;

/** Where the dashboard is, by what `status` says. */
export const dashboardAddress = async (): Promise<string> => {
	const {endpoints} = document<{endpoints: ReadonlyArray<{readonly name: string; readonly url: string}>}>(await run(['status', '--json', ...component]));
	return endpoints.find(({name}) => name === 'dashboard')!.url;
};

/** Words that ask Trove by the client, as the user who is logged in. */
export const asDemo = ['openstack', '--', '--os-cloud', `${machineName}-demo`, 'database'] as const;

export type Listed = ReadonlyArray<{readonly ID: string; readonly Name: string}>;

/** Removes what a test made by the dashboard, or an earlier one that was cut off. */
export const removeTraces = async (cluster: string, group: string): Promise<void> => {
	for (const [kind, wanted] of [['cluster', cluster], ['configuration', group]] as const) {
		const listed = document<Listed>(await run([...asDemo, kind, 'list', '-f', 'json']));
		for (const {ID} of listed.filter(({Name}) => Name === wanted)) {
			await run([...asDemo, kind, 'delete', ID]);
		}
	}
};

const datastore = 'k2hdkc - 1.0.19';

export type Launch = {
	readonly name: string;
	readonly members: number;
	/** Name of the configuration group. */
	readonly group: string;
	/** Id of the flavor, and name of the network; those that the dialog offers first where they are left out. */
	readonly flavor?: string;
	readonly network?: string;
};

/** Horizon as a person has it before them, who is logged in as the user demo. */
export type Horizon = Window & {
	readonly createGroup: (name: string) => Promise<void>;
	/** Fills in the dialog of a group that is open, and sends it. */
	readonly addParameter: (name: string, value: string) => Promise<void>;
	/** Goes to a panel by the menu. */
	readonly goTo: (entry: string) => Promise<void>;
	/** Fills in the dialog that launches a cluster; it is still to be sent. */
	readonly fillLaunch: (launch: Launch) => Promise<void>;
	/** Sends the dialog that is open. */
	readonly send: () => Promise<void>;
};

export const openHorizon = async (t: ExecutionContext): Promise<Horizon> => {
	const window = await openWindow(t, await dashboardAddress());
	const {page} = window;
	await page.goto('/auth/login/');
	await page.fill('#id_username', 'demo');
	await page.fill('#id_password', await passwordOf('demo'));
	await page.click('#loginBtn');
	await page.waitForURL('**/project/**');
	const send = async (): Promise<void> => page.click('.modal input[type=submit]');

	return {
		...window, send,
		async createGroup(name) {
			await page.goto('/project/database_configurations/');
			await page.click('#configurations__action_create_configuration');
			await page.fill('.modal #id_name', name);
			await page.selectOption('.modal #id_datastore', 'k2hdkc,1.0.19');
			await send();
			await page.click(`a:text-is("${name}")`);
		},
		async addParameter(name, value) {
			await page.click('#values__action_add_parameter');
			await page.selectOption('.modal #id_name', name);
			await page.fill('.modal #id_value', value);
			await send();
		},
		async goTo(entry) {
			await page.click(`.nav a:has-text("${entry}"), .openstack-panel a:has-text("${entry}")`);
		},
		async fillLaunch({name, members, group, flavor, network}) {
			await page.click('#clusters__action_launch');
			await page.fill('.modal #id_name', name);
			const value = await page.locator('.modal #id_datastore option', {hasText: datastore}).getAttribute('value');
			await page.selectOption('.modal #id_datastore', value);
			const flavors = page.locator(`.modal #id_${value}`);
			t.true(await flavors.isVisible(), 'the flavors of this datastore appear with it');
			await flavors.selectOption(flavor ?? {index: 0});
			if (network !== undefined) {
				await page.selectOption('.modal #id_network', {label: network});
			}

			await page.fill('.modal #id_num_instances', String(members));
			await page.selectOption('.modal #id_configuration', {label: `${group} (${datastore})`});
		},
	};
};
