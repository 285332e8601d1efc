import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {environmentGoes} from '../support/environmentGoes.js';
import {document, expect, hostNeeds, run} from '../support/tool.js';
import {points, table, walk} from '../support/walk.js';

const steps = ['environment', 'host.packages', 'sandbox.root'];

test.serial('the root is built from nothing, killed at start, in its job, in the middle and at its end', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['up', '--only', 'environment', '--only', 'host.packages']);
	const {kills} = await walk(t, ['up', '--only', 'sandbox.root'], new Map([['sandbox.root', new Set(points)]]), new Map([['sandbox.root', {seconds: 20, jobs: 1}]]));
	t.deepEqual(kills.map(({point}) => point).toSorted(), [...points].toSorted());
	t.log(['', `${'step'.padEnd(24)} ${points.map(point => point.padEnd(20)).join(' ').trimEnd()}`, ...table(kills)].join('\n'));
	const plan = document<{steps: Array<{verdict: string; reason: string}>}>(await run(['plan', '--json', ...steps.flatMap(id => ['--only', id])]));
	t.deepEqual(plan.steps.map(({verdict}) => verdict), steps.map(() => 'SKIP'), JSON.stringify(plan));
});

test.serial('it goes with the only environment that needs it', environmentGoes);
