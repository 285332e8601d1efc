import type {CatalogueEntry} from './entry.js';

/** K2D5xxx: reaching and starting machines. */
export const machineErrors = [
	{
		code: 'K2D5001',
		title: 'The machine cannot be reached',
		exitCode: 3,
		cause: 'No SSH connection came about: the host, port or network is wrong, or the machine is down.',
		remedy: 'Check that `ssh` with the same user, host and port works.',
	},
	{
		code: 'K2D5002',
		title: 'The host key is not known',
		exitCode: 3,
		cause: 'The key of the machine is not in known_hosts, so it could be somebody else.',
		remedy: 'Connect once with `ssh` and compare the key, or set ssh.hostKey to "first-use".',
	},
	{
		code: 'K2D5003',
		title: 'The host key has changed',
		exitCode: 3,
		cause: 'The machine shows another key than the one on record. It was rebuilt, or somebody is in between.',
		remedy: 'If it was rebuilt, remove the old key with `ssh-keygen -R HOST` and connect again.',
	},
	{
		code: 'K2D5004',
		title: 'The machine refuses the login',
		exitCode: 3,
		cause: 'No key of the agent or the key file is accepted for this user.',
		remedy: 'Add the key to the agent with ssh-add, or name it with ssh.identityFile.',
	},
	{
		code: 'K2D5005',
		title: 'The link to the machine was lost',
		exitCode: 6,
		cause: 'The connection broke and did not come back in time. Jobs on the machine go on by themselves.',
		remedy: 'Run the resume command. It attaches to what still runs.',
	},
	{
		code: 'K2D5006',
		title: 'The machine address is malformed',
		exitCode: 2,
		cause: 'The value of --machine is neither "local" nor of the form ssh://user@host:port.',
		remedy: 'Write for example --machine ssh://root@192.0.2.10:22.',
	},
	{
		code: 'K2D5007',
		title: 'The sandbox machine did not start',
		exitCode: 1,
		cause: 'The machine was started by systemd-nspawn but did not come up in time.',
		remedy: 'See the log of the step. `k2hdkc-devstack doctor` tells what the host lacks. Then resume.',
	},
	{
		code: 'K2D5008',
		title: 'The sandbox machine is not running',
		exitCode: 1,
		cause: 'The machine was stopped, or the host was rebooted.',
		remedy: 'Run `k2hdkc-devstack up` to start it again.',
	},
	{
		code: 'K2D5009',
		title: 'A file could not be put on the machine',
		exitCode: 1,
		cause: 'Writing or uploading failed: the target is not writable, the disk is full, or the source is missing.',
		remedy: 'Read the cause shown, mend it, then resume.',
	},
	{
		code: 'K2D5020',
		title: 'There is no such guest',
		exitCode: 2,
		cause: 'No server of the environment has the name or id that was given.',
		remedy: 'See them with `k2hdkc-devstack status`.',
	},
	{
		code: 'K2D5021',
		title: 'Several guests have that name',
		exitCode: 2,
		cause: 'Nova lets servers have the same name.',
		remedy: 'Name the guest by its id: `k2hdkc-devstack openstack -- server list --all-projects` shows it.',
	},
	{
		code: 'K2D5022',
		title: 'The guest does not run',
		exitCode: 1,
		cause: 'A shell can be opened only in a guest that runs.',
		remedy: 'Start it with `k2hdkc-devstack openstack -- server start ID`.',
	},
] as const satisfies readonly CatalogueEntry[];
