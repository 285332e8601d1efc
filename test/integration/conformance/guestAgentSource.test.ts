import {access, appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {generateSshKey} from '../../../scripts/machines/sshKey.js';
import {makeGuestVenv} from '../../fixtures/guestVenvStandIn.js';
import {needs} from '../../helpers/needs.js';
import {venvMissing} from '../../helpers/pythonVenv.js';
import {runCommand} from '../../helpers/runCommand.js';

/*
 * A guest that boots, seen from the program that takes the source of its agent: a network of its own in which a controller answers at 127.0.0.1, with a real
 * sshd when $4 says so; the virtual environment and the key are where the image has them. $1 a directory of the test, $2 the virtual environment, $3 the
 * controller's tree; the home of the guest's user is $5.
 */
const guest = `
work=$1 venv=$2 tree=$3 home=$5
mount -t tmpfs tmpfs /mnt
# The home of root too, where ssh keeps the key of the controller.
for place in etc opt root; do
	mkdir -p "/mnt/$place/upper" "/mnt/$place/work"
	mount -t overlay overlay -o "lowerdir=/$place,upperdir=/mnt/$place/upper,workdir=/mnt/$place/work" "/$place"
done
ip link set lo up
mkdir -p /etc/trove /run/sshd /opt/guest-agent-venv "$home"
mount --bind "$venv" /opt/guest-agent-venv
install -m 600 "$work/key" /etc/trove/controller.key
if [ "$4" = answers ]; then
	$(command -v sshd) -D -f /dev/null -o "HostKey=$work/host-key" -o "AuthorizedKeysFile=$work/authorized" -o StrictModes=no -o PermitRootLogin=yes -o UsePAM=no -o ListenAddress=127.0.0.1 -o PidFile=none &
	sshd=$!
	trap 'kill $sshd' EXIT
	tries=50
	until ssh-keyscan 127.0.0.1 >/dev/null 2>&1 || [ $((tries -= 1)) -eq 0 ]; do sleep 0.1; done
fi
HOME=$home CONTROLLER=127.0.0.1 CONTROLLER_USER=root CONTROLLER_PATH=$tree PYTHONPATH=$home/trove:$home/trove-packages sh images/guest/development/guest-agent-source
`;

const guestNeeds = {
	root: true,
	commands: {rsync: 'rsync', sshd: 'openssh-server', ssh: 'openssh-client', 'ssh-keyscan': 'openssh-client', ip: 'iproute2', unshare: 'util-linux'},
} as const;

const open = async (t: ExecutionContext) => {
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-guest-source-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	const [key, hostKey] = [generateSshKey('k2hdkc-devstack guests'), generateSshKey()];
	await Promise.all([
		writeFile(path.join(directory, 'key'), key.secret, {mode: 0o600}),
		writeFile(path.join(directory, 'host-key'), hostKey.secret, {mode: 0o600}),
		writeFile(path.join(directory, 'authorized'), `${key.open}\n`),
	]);
	const {venv, tree} = await makeGuestVenv(directory);
	await mkdir(path.join(tree, '.git'), {recursive: true});
	await chmod(directory, 0o755);
	return {
		edited: path.join(tree, 'trove_k2hdkc/guestagent/manager.py'),
		/** What a guest of that name has of the edited file; undefined when its agent is that of the image. */
		async has(name: string): Promise<string | undefined> {
			await t.throwsAsync(access(path.join(directory, name, 'trove/.git')), {code: 'ENOENT'});
			return readFile(path.join(directory, name, 'trove/trove_k2hdkc/guestagent/manager.py'), 'utf8').catch(() => undefined);
		},
		/** Starts the agent of that guest, as systemd does. Returns what the program says. */
		async start(name: string, controller: 'answers' | 'is away' = 'answers'): Promise<string> {
			const {code, stdout, stderr} = await runCommand('unshare', ['--mount', '--net', 'sh', '-euc', guest, 'sh', directory, venv, tree, controller, path.join(directory, name)], {timeout: 120_000});
			t.is(code, 0, stderr);
			return `${stdout}${stderr}`;
		},
	};
};

test('guests in development mode take what was edited on the controller at their first start, and keep it', async t => {
	if (!await needs(t, {...guestNeeds, missing: await venvMissing()})) {
		return;
	}

	const {edited, start, has} = await open(t);
	const before = await readFile(edited, 'utf8');
	t.regex(await start('first'), /the agent comes from root@127\.0\.0\.1:/);
	t.is(await has('first'), before);
	await appendFile(edited, '\n# Edited.\n');
	t.is(await start('first'), '');
	t.is(await has('first'), before, 'a guest that has its source keeps it');
	t.regex(await start('second'), /the agent comes from/);
	t.is(await has('second'), `${before}\n# Edited.\n`);
});

test('the agent of the image runs when the controller has none that loads, or is away, and the next start tries again', async t => {
	if (!await needs(t, {...guestNeeds, missing: await venvMissing()})) {
		return;
	}

	const {edited, start, has} = await open(t);
	const before = await readFile(edited, 'utf8');
	await appendFile(edited, '\nnot python\n');
	t.regex(await start('guest'), /does not load the datastore k2hdkc with what is installed\. The agent of the image runs/);
	t.is(await has('guest'), undefined);
	await writeFile(edited, before);
	t.regex(await start('guest', 'is away'), /could not be copied, 5 times\. The agent of the image runs; the next start of guest-agent tries again/);
	t.is(await has('guest'), undefined);
	t.regex(await start('guest'), /the agent comes from/);
	t.is(await has('guest'), before);
});
