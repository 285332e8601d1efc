import {ToolError} from '../../errors/toolError.js';
import type {Probe} from '../../pipeline/types.js';
import {asideOf} from './aside.js';
import {stackUser, type DevstackStep} from './devstackEnv.js';

const sudoersFile = '/etc/sudoers.d/50_stack_sh';

/** What DevStack's own tools/create-stack-user.sh grants. stack.sh writes the file anew, with this line and others. */
const grant = `${stackUser} ALL=(root) NOPASSWD:ALL`;

/** `home`: of the user's entry, undefined without one. `granted`: what the file of sudo says. */
export const userProbe = (directory: string, home: string | undefined, granted: string | undefined): Probe => {
	if (home === undefined) {
		return {state: 'absent', evidence: `there is no user ${stackUser}`};
	}

	if (home !== directory) {
		return {state: 'broken', evidence: `user ${stackUser} has the home ${home}, not ${directory}`};
	}

	return granted?.split('\n').includes(grant)
		? {state: 'present', evidence: `user ${stackUser} has the home ${directory}, and sudo by ${sudoersFile}`}
		: {state: 'broken', evidence: `${sudoersFile} does not let user ${stackUser} do everything`};
};

// Apache reads below the home, which some distributions make for its user alone.
const makeScript = `
home=$1
getent group ${stackUser} >/dev/null || groupadd ${stackUser}
getent passwd ${stackUser} >/dev/null || useradd --gid ${stackUser} --shell /bin/bash --home-dir "$home" --no-create-home ${stackUser}
[ "$(getent passwd ${stackUser} | cut -d : -f 6)" = "$home" ] || exit 0
mkdir -p "$home"
chown ${stackUser}:${stackUser} "$home"
chmod 755 "$home"
`;

const removeScript = `
home=$1
rm -f ${sudoersFile}
if getent passwd ${stackUser} >/dev/null; then userdel ${stackUser}; fi
if getent group ${stackUser} >/dev/null; then groupdel ${stackUser}; fi
if [ -d "$home" ]; then rmdir --ignore-fail-on-non-empty -- "$home"; fi
if [ -e "$2" ]; then echo "left: $2, which has what --fresh put aside"; fi
`;

export const user: DevstackStep = {
	id: 'devstack.user',
	stage: 'machine',
	title: `User ${stackUser}, whom stack.sh runs as`,
	needs: [],
	inputs: ({paths: {directory}}) => ({directory, sudoers: `${grant}\n`}),
	async probe({env: {host, paths}}) {
		const {code, stdout} = await host.run(['getent', 'passwd', stackUser], {allow: [0, 2]});
		return userProbe(paths.directory, code === 0 ? stdout.trim().split(':')[5] : undefined, await host.read(sudoersFile));
	},
	async apply({env: {host, paths}}) {
		await host.run(['sh', '-euc', makeScript, 'sh', paths.directory]);
		const {stdout} = await host.run(['getent', 'passwd', stackUser]);
		const home = stdout.trim().split(':')[5];
		if (home !== paths.directory) {
			throw new ToolError('K2D6013', `There is a user ${stackUser} already, with the home ${home}`, {
				remedy: `Remove that user if nobody needs it, or build where it is at home: --set devstack.directory=${home}.`,
			});
		}

		await host.write(sudoersFile, `${grant}\n`, {mode: 0o440});
	},
	undo: {
		depth: 'everything',
		async undo({env: {host, paths}, progress}) {
			const {stdout} = await host.run(['sh', '-euc', removeScript, 'sh', paths.directory, asideOf(paths)]);
			if (stdout.trim() !== '') {
				progress.say(stdout.trim());
			}
		},
	},
	timeout: 60,
	idleTimeout: 60,
	expected: 1,
};
