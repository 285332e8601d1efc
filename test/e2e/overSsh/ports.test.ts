import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {inside} from '../support/machine.js';
import {follow, hostNeeds, run, worked} from '../support/tool.js';

/** A foreign process of the machine takes the port of a stopped service: by itself, and as a unit. */
const cases = [
	{step: 'keystone', unit: 'keystone', port: 5000, take: 'setsid python3 -m http.server 5000 >/dev/null 2>&1 </dev/null &', holder: /port 5000 is held by python3 \(process \d+\)/, free: 'pkill --full "http[.]server 5000"'},
	{step: 'swift', unit: 'swift-proxy', port: 8080, take: 'systemd-run --quiet --unit=other python3 -m http.server 8080', holder: /port 8080 is held by python3 \(process \d+ of other\.service\)/, free: 'systemctl stop other'},
] as const;

for (const {step, unit, port, take, holder, free} of cases) {
	test.serial(`a foreign process on port ${port}: up names it, and completes when it is gone`, async t => {
		if (!await needs(t, hostNeeds)) {
			return;
		}

		let held = true;
		t.teardown(async () => held ? inside(free) : undefined);
		await inside(`systemctl stop ${unit}\n${take}`);
		await inside(`for i in $(seq 50); do ss -Hltn 'sport = :${port}' | grep -q . && exit 0; sleep 0.1; done; exit 1`);
		const {code, stderr, events} = await follow(['up'], () => undefined);
		t.is(code, 1, stderr);
		const [end, ...others] = events.flatMap(event => event.type === 'step-end' && event.failure ? [{...event, failure: event.failure}] : []);
		t.like(end, {id: step, failure: {code: 'K2D2204'}});
		t.deepEqual(others, []);
		t.regex(end!.failure.what, holder);
		t.regex(end!.failure.remedy, /end that process/);
		t.true(end!.seconds < 20, `${end!.seconds} s: it is not to be found by waiting for the service`);
		await inside(free);
		held = false;
		const again = await follow(['up'], () => undefined);
		t.is(again.code, 0, again.stderr);
		t.true(worked(again.events).includes(step));
		t.is((await run(['status', '--detailed-exitcode'])).code, 0);
	});
}
