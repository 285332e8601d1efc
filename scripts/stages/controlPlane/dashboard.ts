import {readFileSync} from 'node:fs';
import path from 'node:path';
import {ToolError} from '../../errors/toolError.js';
import {packageRoot} from '../../packageRoot.js';
import {builtApp} from '../k2hr3/facts.js';
import {downloadPackages, installPackages} from '../machine/machinePackages.js';
import {pythonPackageHash, pythonPackageStep} from '../pythonPackageStep.js';
import type {SandboxEnv} from '../sandboxEnv.js';
import {serviceStep} from './service.js';
import type {ServiceFile} from './serviceFiles.js';

const packages = {
	name: 'dashboard',
	of: 'the dashboard',
	packages: ['apache2', 'libapache2-mod-wsgi-py3', 'openstack-dashboard', 'python3-trove-dashboard'],
	expected: {download: 20, install: 90},
};

export const dashboardDownload = downloadPackages(packages);
export const dashboardPackages = installPackages(packages);

const plugin = {id: 'dashboard.k2hdkc', title: 'Python package trove-dashboard-k2hdkc, the app for Horizon', name: 'trove-dashboard-k2hdkc', needs: ['dashboard.packages', 'datastore.package']} as const;

export const dashboardPlugin = pythonPackageStep(plugin);

/** The files by which Horizon takes the app and its panels up. They are read from the package's source, not as they were installed: both have one content. */
const enabled: readonly ServiceFile[] = ['_1741_project_database_k2hdkc.py', '_1790_project_database_k2hr3.py'].map(name => ({
	template: `../../patches/trove-dashboard-k2hdkc/trove_dashboard_k2hdkc/enabled/${name}`, path: `/usr/lib/python3/dist-packages/openstack_dashboard/local/enabled/${name}`, mode: 0o644,
}));

/** What Horizon cannot ask anybody. */
const appended = (env: SandboxEnv): string => {
	const {datastore, k2hr3} = env.config;
	const app = k2hr3.appUrl ?? builtApp(env);
	return [
		'# Users are not told which manager a datastore has.',
		`K2HDKC_DATASTORES = ${JSON.stringify([datastore.name])}`,
		...(app === undefined ? [] : ['# As browsers reach it.', `K2HDKC_K2HR3_APP_URL = ${JSON.stringify(app)}`]),
		'',
	].join('\n');
};

/** Where a browser on the host finds the dashboard. */
export const dashboardUrl = ({addresses}: Pick<SandboxEnv, 'addresses'>): string => `http://${addresses.current.machine}/`;

const loginScript = (): string => readFileSync(path.join(packageRoot, 'conf/sandbox/dashboard-login.py'), 'utf8');

/** The first page of the database panels, which asks Trove and Nova, and the one that is there by our package only. */
const pages = ['/project/databases/', '/project/database_clusters/'] as const;

/** Logs in as the administrator and gives the titles of the pages. @throws ToolError K2D2305 with what the dashboard answered instead. */
const logIn = async (env: SandboxEnv): Promise<readonly string[]> => {
	const input = [dashboardUrl(env), 'admin', env.secrets.get('user.admin'), ...pages, ''].join('\n');
	const {code, stdout, stderr} = await env.machine.run(['python3', '-c', loginScript()], {input, allow: 'any', timeout: 100});
	if (code !== 0) {
		throw new ToolError('K2D2305', `The dashboard does not let the administrator in: ${stderr.trim().split('\n').at(-1) ?? ''}`);
	}

	return stdout.trim().split('\n');
};

export const dashboard = serviceStep({
	id: 'dashboard',
	title: 'Horizon, the dashboard, with the database panels',
	needs: ['dashboard.k2hdkc', 'memcached', 'nova', 'trove'],
	files: [
		{template: 'dashboard-settings.py', path: '/etc/openstack-dashboard/local_settings.d/_9000_k2hdkc_devstack.py', owner: 'root:www-data', appended},
		...enabled,
		{template: 'dashboard-ports.conf', path: '/etc/apache2/ports.conf', mode: 0o644},
		{template: 'dashboard-site.conf', path: '/etc/apache2/sites-available/k2hdkc-devstack.conf', mode: 0o644},
	],
	prepare: () => 'a2dissite --quiet 000-default\na2ensite --quiet k2hdkc-devstack\na2enmod --quiet wsgi\n',
	inputs: () => ({package: pythonPackageHash(plugin)}),
	units: ['apache2'],
	ports: [80],
	http: env => ({url: `${dashboardUrl(env)}auth/login/`, status: 200}),
	async ask(env) {
		const titles = await logIn(env);
		return `Horizon lets the administrator in and shows ${pages.map((page, index) => `${page}, titled "${titles[index]}"`).join(', and ')}`;
	},
	expected: 15,
});
