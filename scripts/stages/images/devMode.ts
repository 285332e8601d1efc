import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {Config} from '../../config/schema.js';
import {quote} from '../../machines/quote.js';
import {generateSshKey} from '../../machines/sshKey.js';
import {packageRoot} from '../../packageRoot.js';
import type {ImageEnv} from '../imageEnv.js';
import type {SettingsFile} from './settingsFile.js';

/** On the host: the key with which guests in development mode take their source from the controller, one for all images of the cache. */
export const controllerKey = ({paths}: Pick<ImageEnv, 'paths'>): string => `${paths.images}/controller-key`;

const program = 'usr/local/libexec/guest-agent-source';

/** What a guest in development mode has besides: the program that takes Trove's source from the controller, and where the agent finds it. */
export const developmentFiles = ({images: {guest}}: Pick<Config, 'images'>): readonly SettingsFile[] => {
	if (!guest.devMode) {
		return [];
	}

	const {address, user, path: source} = guest.controller;
	const unit = `[Service]
# User data writes it, as DevStack does.
EnvironmentFile=-/etc/trove/controller.conf
Environment=CONTROLLER_USER=${user} CONTROLLER_PATH=${source} PYTHONPATH=/var/lib/trove/trove:/var/lib/trove/trove-packages
ExecStartPre=/${program}
TimeoutStartSec=20min
`;
	return [
		{path: program, text: readFileSync(path.join(packageRoot, 'images/guest/development/guest-agent-source'), 'utf8'), mode: 0o755},
		{path: 'etc/systemd/system/guest-agent.service.d/development.conf', text: unit, mode: 0o644},
		...(address === null ? [] : [{path: 'etc/trove/controller.conf', text: `CONTROLLER=${address}\n`, mode: 0o644}]),
	];
};

/**
 * Puts the key into the files of an image, for the user of the agent alone; makes it when the cache has none. Not a secret of the configuration: it
 * lets whoever has the image read the source, so images without development mode must not have it.
 */
export const layControllerKey = async (env: Pick<ImageEnv, 'host' | 'paths' | 'config'>, directory: string, root: string): Promise<void> => {
	const key = controllerKey(env);
	const {secret, open} = generateSshKey('k2hdkc-devstack guests');
	const fresh = `${key}.partial-${env.config.name}`;
	await env.host.write(`${fresh}/key`, secret, {mode: 0o600});
	await env.host.write(`${fresh}/key.pub`, `${open}\n`, {mode: 0o644});
	// The first one made is kept, whoever made it: a directory takes no other's place unless that is empty.
	await env.host.script(`
[ -e ${quote(key)} ] || mv -T ${quote(fresh)} ${quote(key)} 2>/dev/null || [ -e ${quote(key)} ]
rm -rf ${quote(fresh)}
install -D -m 600 ${quote(`${key}/key`)} ${quote(`${directory}/etc/trove/controller.key`)}
chown -R --reference=${quote(`${root}/etc/trove`)} ${quote(`${directory}/etc/trove`)}
`);
};
