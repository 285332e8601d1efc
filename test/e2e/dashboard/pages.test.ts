import test, {type ExecutionContext} from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {borrowRoot} from '../support/borrowRoot.js';
import {createBrowser, type Browser} from '../support/browser.js';
import {asDemo, component, dashboardAddress, passwordOf} from '../support/horizon.js';
import {inside} from '../support/machine.js';
import {document, expect, hostNeeds, run} from '../support/tool.js';

type Status = {
	readonly inPlace: boolean;
	readonly steps: ReadonlyArray<{readonly id: string; readonly evidence: string}>;
};

const status = async (): Promise<Status> => document<Status>(await run(['status', '--json', ...component]));

const logIn = async (t: ExecutionContext, base: string): Promise<Browser> => {
	const browser = createBrowser(base);
	await browser.open('/auth/login/');
	const {status: code, place} = await browser.open('/auth/login/', {username: 'demo', password: await passwordOf('demo')});
	t.deepEqual([code, place], [200, '/project/']);
	return browser;
};

test.serial('--with dashboard adds Horizon to the environment and names its address', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await borrowRoot();
	const {stdout} = await expect(t, 0, ['up', ...component]);
	t.regex(stdout, /^ {2}dashboard {2,}http:\/\/[\d.]+\/$/m);
	const {steps} = await status();
	t.regex(steps.find(({id}) => id === 'dashboard')!.evidence, /lets the administrator in and shows \/project\/databases\//);
	t.is(new URL(await dashboardAddress()).hostname, (await inside('ss --no-header --listening --numeric --tcp sport = :80')).trim().split(/\s+/)[3]!.replace(':80', ''));
	await t.throwsAsync(inside('test -e /usr/sbin/policy-rc.d'));
	t.is((await inside('cat /etc/resolv.conf')).trim(), '', 'the machine has no name server, also not after packages were installed');
});

test.serial('a user logs in, finds the datastore in the forms and creates a configuration group', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const browser = await logIn(t, await dashboardAddress());
	const {text} = await browser.open('/project/databases/');
	const files = [...text.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map(match => match[1]!);
	t.true(files.some(file => file.endsWith('.js')) && files.some(file => file.endsWith('.css')));
	for (const file of files) {
		const {status: code, text: content} = await browser.open(file);
		t.true(code === 200 && content.length > 0, file);
	}

	t.true((await browser.open('/project/databases/launch')).text.includes('k2hdkc - 1.0.19'));
	t.true((await browser.open('/project/database_configurations/create')).text.includes('value="k2hdkc,1.0.19"'));
	await browser.open('/project/database_configurations/create', {name: 'from-the-dashboard', description: '', datastore: 'k2hdkc,1.0.19'});
	const groups = JSON.parse((await expect(t, 0, [...asDemo, 'configuration', 'list', '-f', 'json'])).stdout) as ReadonlyArray<Readonly<Record<string, string>>>;
	const created = groups.find(({Name}) => Name === 'from-the-dashboard');
	t.is(created?.['Datastore Name'], 'k2hdkc');
	await expect(t, 0, [...asDemo, 'configuration', 'delete', created!.ID!]);
});

test.serial('sessions outlive a restart; wrong passwords, foreign names and strangers stay outside', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	const base = await dashboardAddress();
	const browser = await logIn(t, base);
	await inside('systemctl restart apache2');
	t.is((await browser.open('/project/databases/')).place, '/project/databases/');

	const stranger = createBrowser(base);
	t.is((await stranger.open('/project/databases/')).place, '/auth/login/');
	const refused = await stranger.open('/auth/login/', {username: 'demo', password: 'wrong'});
	t.is(refused.place, '/auth/login/');
	t.true(refused.text.includes('Invalid credentials'));

	for (const [host, answer] of [['dashboard.example.com', '400'], ['localhost:9080', '200']] as const) {
		const {stdout} = await runCommand('curl', ['--silent', '--noproxy', '*', '--header', `Host: ${host}`, '--output', '/dev/null', '--write-out', '%{http_code}', `${base}auth/login/`]);
		t.is(stdout, answer, host);
	}
});

test.serial('status sees that it is down; up starts it again', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await inside('systemctl stop apache2');
	t.regex((await status()).steps.find(({id}) => id === 'dashboard')!.evidence, /apache2 is inactive/);
	await expect(t, 0, ['up', ...component]);
	t.true((await status()).inPlace);
});
