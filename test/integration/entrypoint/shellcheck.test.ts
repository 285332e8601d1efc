import test from 'ava';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';

const checks: ReadonlyArray<readonly [string, readonly string[]]> = [
	['the entrypoint and its parts', ['--external-sources', '--check-sourced', 'images/database/k2hdkctrove.sh']],
	['what guests in development mode run', ['images/guest/development/guest-agent-source']],
	['what guests load container images with', ['images/guest/preload/guest-images']],
	['the stand-ins', ['chmpxstatus', 'k2hdkc', 'k2hlinetool'].map(name => `test/fixtures/k2hdkcStandIn/bin/${name}`)],
];

for (const [what, args] of checks) {
	test(`shellcheck finds nothing in ${what}`, async t => {
		if (!await needs(t, {commands: {shellcheck: 'shellcheck'}})) {
			return;
		}

		const {code, stdout, stderr} = await runCommand('shellcheck', args);
		t.is(code, 0, stdout + stderr);
	});
}
