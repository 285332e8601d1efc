import test, {type ExecutionContext} from 'ava';
import {createFreshDebian, freshDebianNeeds, toolInside, type FreshDebian} from '../../fixtures/freshDebian.js';
import {needs} from '../../helpers/needs.js';

let debian: FreshDebian | undefined;

test.after.always(async () => {
	await debian?.remove();
});

const fresh = async (): Promise<FreshDebian> => {
	debian ??= await createFreshDebian();
	return debian;
};

const up = `${toolInside} up --name ci-fresh --only host.packages`;

/** A real apt-get that holds the lock until /go-on is there. */
const holder = `rm -f /go-on; apt-get -qq update
apt-get -y -o DPkg::Pre-Invoke::='while [ ! -e /go-on ]; do sleep 0.2; done' install patch >/dev/null 2>&1 &
until [ -e /var/cache/apt/archives/patch_*.deb ]; do sleep 0.2; done; sleep 1
`;

const installed = async (t: ExecutionContext): Promise<string[]> => {
	const {code, stdout, stderr} = await (await fresh()).script('dpkg-query --show --showformat \'${db:Status-Status} ${Package}\\n\'');
	t.is(code, 0, stderr);
	return stdout.trim().split('\n').filter(line => line.startsWith('installed '));
};

let before: string[] = [];

test.serial('nothing is installed: doctor and plan say what will be', async t => {
	if (!await needs(t, freshDebianNeeds)) {
		return;
	}

	before = await installed(t);
	t.false(before.includes('installed mmdebstrap'));
	const {script} = await fresh();
	const {stdout, stderr} = await script(`${toolInside} doctor`);
	t.regex(stdout + stderr, /mmdebstrap.* not there yet: `up` installs/);
	const plan = await script(`${toolInside} plan`);
	t.is(plan.code, 0, plan.stderr);
	t.regex(plan.stdout, /RUN +host\.packages/);
	t.regex(plan.stdout, /RUN +keystone/);
});

test.serial('another apt holds the lock for too long: the error names it, and nothing is half installed', async t => {
	if (!await needs(t, freshDebianNeeds)) {
		return;
	}

	const {script} = await fresh();
	const {code, stderr, stdout} = await script(`${holder}${up} --set timeouts.scale=0.15; code=$?; touch /go-on; wait; exit $code`);
	t.is(code, 1, stdout + stderr);
	t.regex(stderr, /K2D2101/);
	t.regex(stderr, /held by process \d+ \(apt-get\)/);
	t.regex(stderr, /up --name ci-fresh/);
	t.deepEqual((await installed(t)).toSorted(), [...before, 'installed patch'].toSorted());
	before = await installed(t);
});

test.serial('another apt that ends in time is waited for', async t => {
	if (!await needs(t, freshDebianNeeds)) {
		return;
	}

	const {script} = await fresh();
	const {code, stderr, stdout} = await script(`${holder.replace('install patch', 'install --reinstall patch')}(sleep 12; touch /go-on) & ${up}`);
	t.is(code, 0, stdout + stderr);
	t.true((await installed(t)).includes('installed mmdebstrap'));
	const again = await script(up);
	t.is(again.code, 0, again.stderr);
	t.regex(again.stderr, /in place and verified/);
});

test.serial('down --depth everything takes away the packages that up added, and no other', async t => {
	if (!await needs(t, freshDebianNeeds)) {
		return;
	}

	const {script} = await fresh();
	const {code, stderr, stdout} = await script(`${toolInside} down --name ci-fresh --depth everything --yes`);
	t.is(code, 0, stdout + stderr);
	t.deepEqual(await installed(t), before);
	t.is((await script('ls /var/lib/k2hdkc-devstack /var/cache/k2hdkc-devstack /var/log/k2hdkc-devstack 2>/dev/null')).stdout, '');
});
