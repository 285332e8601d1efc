import type {CatalogueEntry} from './entry.js';

/** K2D20xx: how a step or one of its commands ended. */
const endings = [
	{
		code: 'K2D2001',
		title: 'A command of a step failed',
		exitCode: 1,
		cause: 'The command ended with an error that is not among the known ones. Its last lines say what it met.',
		remedy: 'Read the last lines and the log, mend the cause, and run the resume command: finished steps are not repeated.',
	},
	{
		code: 'K2D2002',
		title: 'A command took too long',
		exitCode: 1,
		cause: 'The command was ended because it ran longer than its time limit.',
		remedy: 'See the log for what it was waiting for. On a slow machine or link allow more time with --set timeouts.scale=3, then resume.',
	},
	{
		code: 'K2D2003',
		title: 'A command went silent',
		exitCode: 1,
		cause: 'The command was ended because it printed nothing for longer than its silence limit.',
		remedy: 'See the log for the last thing it did. On a slow machine or link allow more time with --set timeouts.scale=3, then resume.',
	},
	{
		code: 'K2D2004',
		title: 'A command was killed',
		exitCode: 1,
		cause: 'Something outside this tool ended the command with a signal.',
		remedy: 'Look for who sent it: an administrator, a shutdown, or the kernel when memory ran out (`dmesg`). Then resume.',
	},
	{
		code: 'K2D2005',
		title: 'A command could not be started',
		exitCode: 1,
		cause: 'The program is not installed on the machine, or may not be executed.',
		remedy: 'Run `k2hdkc-devstack doctor` to see what is missing and how to get it, then resume.',
	},
	{
		code: 'K2D2006',
		title: 'Stopped on request',
		exitCode: 130,
		cause: 'The run was interrupted. What was finished is recorded.',
		remedy: 'Run the resume command to go on.',
	},
	{
		code: 'K2D2007',
		title: 'The outcome of a command is not known',
		exitCode: 6,
		cause: 'The exit code of a command was lost, because the link dropped or the machine went down. It may have succeeded or failed.',
		remedy: 'Run the resume command. It looks at the machine first and repeats only what is not there.',
	},
	{
		code: 'K2D2008',
		title: 'A step ended but its work is not to be seen',
		exitCode: 1,
		cause: 'The action of the step succeeded, yet the look at the machine afterwards does not find the result.',
		remedy: 'See the evidence and the log of the step, then resume.',
	},
	{
		code: 'K2D2009',
		title: 'A step could not be taken back',
		exitCode: 1,
		cause: 'Undoing the step failed. The step stays on record so that the next `down` tries it again.',
		remedy: 'Read the last lines, mend the cause, and run the same `down` again.',
	},
	{
		code: 'K2D2010',
		title: 'Nobody can tell whether a step is done',
		exitCode: 6,
		cause: 'The look at the machine gave no answer, so that doing the step again could do harm. Nothing was done.',
		remedy: 'Follow the evidence shown for the step, then run the same command again.',
	},
	{
		code: 'K2D2011',
		title: 'The machine must be started anew',
		exitCode: 1,
		cause: 'A setting of the kernel was made for good, but the module that reads it is in use, so that it is in effect only after the next start.',
		remedy: 'Start the machine anew (systemctl reboot), then run `up` again: it goes on from there. Another machine, over ssh, `up` starts anew itself, once.',
	},
] as const satisfies readonly CatalogueEntry[];

/** K2D21xx: packages of the distribution. */
const packages = [
	{
		code: 'K2D2101',
		title: 'Another process holds the package lock',
		exitCode: 1,
		cause: 'Another process on that machine is using apt or dpkg, often an automatic update.',
		remedy: 'Wait until it has ended (`ps -p PID` with the number shown, `systemctl status unattended-upgrades`), then resume. Do not delete the lock file.',
	},
	{
		code: 'K2D2102',
		title: 'The package mirror does not have a file',
		exitCode: 1,
		cause: 'The mirror answered 404: its address or suite is wrong, or the package lists are older than the mirror.',
		remedy: 'Check sources.debian.mirror, run `apt-get update` on the machine if the mirror has moved on, then resume.',
	},
	{
		code: 'K2D2103',
		title: 'The package mirror has a fault of its own',
		exitCode: 1,
		cause: 'The mirror or a proxy before it answered with a server error (500 to 504).',
		remedy: 'Try again later, or choose another mirror with sources.debian.mirror, then resume.',
	},
	{
		code: 'K2D2104',
		title: 'A server cannot be reached',
		exitCode: 1,
		cause: 'The connection was refused, cut or timed out: the server is down, the port is wrong, or a firewall or proxy is in between.',
		remedy: 'Try the address by hand with curl. Set proxy.http and proxy.https if this network needs a proxy, then resume.',
	},
	{
		code: 'K2D2105',
		title: 'A host name does not resolve',
		exitCode: 1,
		cause: 'The name server does not know the host, or no name server answers.',
		remedy: 'Check the spelling of the host and /etc/resolv.conf. Behind a proxy set proxy.http and proxy.https, then resume.',
	},
	{
		code: 'K2D2106',
		title: 'A downloaded package is not the one that was announced',
		exitCode: 1,
		cause: 'Size or checksum of a file differ from the package list: the mirror is being updated, or a proxy delivers an old copy.',
		remedy: 'Wait some minutes and resume. If it stays, choose another mirror or empty the proxy cache.',
	},
	{
		code: 'K2D2107',
		title: 'The signature of a package list cannot be verified',
		exitCode: 1,
		cause: 'The key that signed the list is not in the keyring or has expired, or something on the way changed the list.',
		remedy: 'Install the current debian-archive-keyring, or name the right keyring with sources.debian.keyring (for a guest of Ubuntu: sources.ubuntu.keyring), then resume.',
	},
	{
		code: 'K2D2108',
		title: 'An earlier installation of packages was interrupted',
		exitCode: 1,
		cause: 'The package manager dpkg was killed in the middle of its work and wants to finish it first.',
		remedy: 'Run `dpkg --configure -a` on the machine, then resume.',
	},
	{
		code: 'K2D2109',
		title: 'A package does not exist or cannot be installed',
		exitCode: 1,
		cause: 'The package lists know no such package or version, or it depends on one that cannot be had.',
		remedy: 'Check suite and components of the mirror. Run `apt-get update` on the machine, then resume.',
	},
	{
		code: 'K2D2110',
		title: 'A package list is too old or from the future',
		exitCode: 1,
		cause: 'The list of the mirror is no longer or not yet valid: the mirror is stale, or the clock of the machine is wrong.',
		remedy: 'Compare `date -u` with the real time. If the clock is right, choose another mirror, then resume.',
	},
] as const satisfies readonly CatalogueEntry[];

/** K2D22xx: what the machine ran out of or refuses. */
const resources = [
	{
		code: 'K2D2201',
		title: 'The disk is full',
		exitCode: 1,
		cause: 'No space, or no free inode, is left on a file system of the machine.',
		remedy: 'Free some space (`df -h`, `df -i`), or put paths.state or paths.cache on a larger disk, then resume.',
	},
	{
		code: 'K2D2202',
		title: 'The machine ran out of memory',
		exitCode: 1,
		cause: 'The kernel killed a process, or refused memory to it.',
		remedy: 'Give the machine more memory or swap, or leave components out with --without, then resume.',
	},
	{
		code: 'K2D2203',
		title: 'Permission denied',
		exitCode: 1,
		cause: 'The operation needs root or a capability that this user, container or machine does not have.',
		remedy: 'Run the tool as root. Inside a container, mounts and network namespaces must be allowed. Then resume.',
	},
	{
		code: 'K2D2204',
		title: 'A port is already in use',
		exitCode: 1,
		cause: 'Another process listens on the port that a service wants.',
		remedy: 'See who it is with `ss -ltnp`, stop it or move it, then resume.',
	},
	{
		code: 'K2D2205',
		title: 'A file system is read-only',
		exitCode: 1,
		cause: 'The file system is mounted read-only, by intention or after a disk error.',
		remedy: 'Look at `dmesg` and `mount`, make it writable, then resume.',
	},
	{
		code: 'K2D2206',
		title: 'The kernel lacks a module',
		exitCode: 1,
		cause: 'A program loads a module that the running kernel does not have. Kernels of containers, and some of cloud providers, come without modules.',
		remedy: 'Use a virtual machine with a stock kernel of the distribution. After an update of the kernel: reboot. Then resume.',
	},
	{
		code: 'K2D2210',
		title: 'The compute host takes no servers',
		exitCode: 1,
		cause: 'The service nova-compute runs, but Nova has not made it a host of its cell, or Placement does not know what it offers.',
		remedy: 'See `journalctl --unit nova-compute` and /var/log/nova in the machine (`k2hdkc-devstack shell`), in a DevStack `journalctl --unit devstack@n-cpu`, mend the cause, then resume.',
	},
] as const satisfies readonly CatalogueEntry[];

/** K2D23xx: services of the control plane. */
const services = [
	{
		code: 'K2D2301',
		title: 'RabbitMQ cannot find its own node name',
		exitCode: 1,
		cause: 'RabbitMQ needs the host name of the machine to resolve to an address of the machine, and its port mapper (epmd) to run.',
		remedy: 'Add the host name to /etc/hosts of the machine, or stop another epmd on port 4369, then resume.',
	},
	{
		code: 'K2D2302',
		title: 'MariaDB cannot open its data',
		exitCode: 1,
		cause: 'InnoDB refuses its files: they are damaged, locked by a second server, or not readable by the user mysql.',
		remedy: 'Check that only one mariadbd runs and that /var/lib/mysql belongs to mysql. Otherwise `down --depth sources` and build anew.',
	},
	{
		code: 'K2D2303',
		title: 'A systemd service did not start',
		exitCode: 1,
		cause: 'The process of the service ended at once, or did not become ready in time, as systemd reports.',
		remedy: 'See `journalctl -u SERVICE` on the machine (`k2hdkc-devstack shell`), mend the cause, then resume.',
	},
	{
		code: 'K2D2304',
		title: 'The database refuses the password',
		exitCode: 1,
		cause: 'The user of a service and its password do not match those in MariaDB, often after a database of an earlier build was kept.',
		remedy: 'Run `k2hdkc-devstack down --depth sources` and build anew.',
	},
	{
		code: 'K2D2305',
		title: 'An OpenStack service refused a request',
		exitCode: 1,
		cause: 'A service of the environment answered with an error status. Its message stands behind the status.',
		remedy: 'See the log of that service (`k2hdkc-devstack shell`, then /var/log), mend the cause, then resume.',
	},
	{
		code: 'K2D2306',
		title: 'A service runs but does not answer',
		exitCode: 1,
		cause: 'The processes of the service are there, but its address did not answer as it should within the time allowed.',
		remedy: 'See the log of that service (`k2hdkc-devstack shell`, then /var/log). On a slow machine add --set timeouts.scale=3. Then resume.',
	},
] as const satisfies readonly CatalogueEntry[];

/** K2D24xx: git, pip and other downloads. */
const downloads = [
	{
		code: 'K2D2401',
		title: 'A git repository or branch does not exist',
		exitCode: 1,
		cause: 'The server does not have the repository, or the repository does not have the branch, tag or commit.',
		remedy: 'Check the address and the ref under `sources` in the configuration, then resume.',
	},
	{
		code: 'K2D2402',
		title: 'A server asks for credentials',
		exitCode: 1,
		cause: 'The repository or proxy is not open to everyone (401, 403 or 407), or a private one is answered as if it did not exist.',
		remedy: 'Use a source that is open, a local directory, or credentials in proxy.http and proxy.https, then resume.',
	},
	{
		code: 'K2D2403',
		title: 'A Python package does not exist in that version',
		exitCode: 1,
		cause: 'The package index has no version that fits the request and this Python, or is not reached at all.',
		remedy: 'Check sources.python.index and the version, then resume.',
	},
	{
		code: 'K2D2404',
		title: 'A certificate cannot be verified',
		exitCode: 1,
		cause: 'The server, or a proxy that opens TLS, shows a certificate of an authority that the machine does not trust, or one for another name or time.',
		remedy: 'Name the file of your authority with proxy.caFile, and check the clock of the machine, then resume.',
	},
] as const satisfies readonly CatalogueEntry[];

export const stepErrors = [...endings, ...packages, ...resources, ...services, ...downloads] as const satisfies readonly CatalogueEntry[];
