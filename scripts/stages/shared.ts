import {ToolError} from '../errors/toolError.js';
import type {SandboxEnv} from './sandboxEnv.js';

/** Names of the other environments that stand on the same host. */
export const otherEnvironments = async ({host, config}: Pick<SandboxEnv, 'host' | 'config'>): Promise<string[]> => {
	const {stdout} = await host.run(['find', config.paths.state, '-mindepth', '2', '-maxdepth', '2', '-name', 'state.json'], {allow: 'any'});
	return stdout.split('\n')
		.map(file => file.split('/').at(-2) ?? '')
		.filter(name => name !== '' && name !== config.name);
};

/** Keeps what several environments share until the last of them goes. @throws ToolError K2D2009 */
export const refuseWhileShared = async (env: Pick<SandboxEnv, 'host' | 'config'>, what: string): Promise<void> => {
	const others = await otherEnvironments(env);
	if (others.length > 0) {
		throw new ToolError('K2D2009', `Environment ${others.join(', ')} still needs ${what}`, {
			remedy: `Take the others down first: ${others.map(name => `k2hdkc-devstack down --name ${name} --depth everything`).join('; ')}. Then repeat this command.`,
		});
	}
};
