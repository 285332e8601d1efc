import type {CommandRun} from './context.js';

/** Where each command lives. Only the one that is asked for is loaded. */
const modules: Readonly<Record<string, () => Promise<CommandRun>>> = {
	up: async () => (await import('../commands/up.js')).up,
	plan: async () => (await import('../commands/plan.js')).plan,
	status: async () => (await import('../commands/status.js')).status,
	doctor: async () => (await import('../commands/doctor.js')).doctor,
	fetch: async () => (await import('../commands/fetch.js')).fetch,
	down: async () => (await import('../commands/down.js')).down,
	logs: async () => (await import('../commands/logs.js')).logs,
	'datastore list': async () => (await import('../commands/datastore.js')).datastoreList,
	'datastore register': async () => (await import('../commands/datastore.js')).datastoreRegister,
	'images list': async () => (await import('../commands/images.js')).imagesList,
	'images register': async () => (await import('../commands/images.js')).imagesRegister,
	'images push': async () => (await import('../commands/imagesPush.js')).imagesPush,
	'images build': async () => (await import('../commands/images.js')).imagesBuild,
	openstack: async () => (await import('../commands/openstack.js')).openstack,
	shell: async () => (await import('../commands/openstack.js')).shell,
	'k2hr3 up': async () => (await import('../commands/k2hr3System.js')).k2hr3Up,
	'k2hr3 down': async () => (await import('../commands/k2hr3System.js')).k2hr3Down,
	'k2hr3 register': async () => (await import('../commands/k2hr3.js')).k2hr3Register,
	'k2hr3 status': async () => (await import('../commands/k2hr3.js')).k2hr3Status,
	'k2hr3 slave': async () => (await import('../commands/k2hr3.js')).k2hr3Slave,
	'patches list': async () => (await import('../commands/patches.js')).patchesList,
	'patches check': async () => (await import('../commands/patches.js')).patchesCheck,
	'support-bundle': async () => (await import('../commands/supportBundle.js')).supportBundle,
	unlock: async () => (await import('../commands/unlock.js')).unlock,
	'config show': async () => (await import('../commands/config.js')).configShow,
	'config check': async () => (await import('../commands/config.js')).configCheck,
	completion: async () => (await import('../commands/completion.js')).completion,
	version: async () => (await import('../commands/version.js')).version,
};

/** The words of every command that can be run. */
export const runnable: readonly string[] = Object.keys(modules);

/** The function behind the words of a command. */
export const loadCommand = async (command: string): Promise<CommandRun> => {
	const load = modules[command];
	if (!load) {
		throw new Error(`No module for the command "${command}".`);
	}

	return load();
};
