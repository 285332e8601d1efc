import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {variants} from '../../../scripts/config/schema/variants.js';
import {renderBackupDockerfile} from '../../../scripts/stages/images/backupDockerfile.js';
import {renderDatabaseDockerfile} from '../../../scripts/stages/images/dockerfile.js';
import {needs} from '../../helpers/needs.js';
import {runCommand} from '../../helpers/runCommand.js';
import {backupSample, databaseSample, k2hdkcSources} from '../../unit/images/support/samples.js';

const shellcheck = {commands: {shellcheck: 'shellcheck'}};

const checks: ReadonlyArray<readonly [string, readonly string[]]> = [
	['the entrypoint and its parts', ['--external-sources', '--check-sourced', 'images/database/k2hdkctrove.sh']],
	['what guests in development mode run', ['images/guest/development/guest-agent-source']],
	['what guests load container images with', ['images/guest/preload/guest-images']],
	['what registers a slave node', ['conf/k2hr3/slave/register.sh']],
	['what a slave node waits with', ['conf/k2hr3/slave/wait.sh']],
	['the stand-ins', ['chmpxstatus', 'k2hdkc', 'k2hlinetool'].map(name => `test/fixtures/k2hdkcStandIn/bin/${name}`)],
];

for (const [what, args] of checks) {
	test(`shellcheck finds nothing in ${what}`, async t => {
		if (!await needs(t, shellcheck)) {
			return;
		}

		const {code, stdout, stderr} = await runCommand('shellcheck', args);
		t.is(code, 0, stdout + stderr);
	});
}

/** The shell commands of RUN, one a line. */
const commands = (dockerfile: string): string => dockerfile.replaceAll('\\\n', '').split('\n').filter(line => line.startsWith('RUN ')).map(line => `${line.slice(4)}\n`).join('');

test('shellcheck finds nothing in the commands of the Dockerfiles', async t => {
	if (!await needs(t, shellcheck)) {
		return;
	}

	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-shellcheck-'));
	t.teardown(async () => rm(directory, {recursive: true, force: true}));
	for (const variant of variants) {
		const rendered = [...Object.values(k2hdkcSources).map(source => renderDatabaseDockerfile(databaseSample(variant, source))), renderBackupDockerfile(backupSample(variant))];
		await writeFile(path.join(directory, variant), rendered.map(text => commands(text)).join(''));
	}

	const {code, stdout, stderr} = await runCommand('shellcheck', ['--shell=sh', ...variants.map(variant => path.join(directory, variant))]);
	t.is(code, 0, stdout + stderr);
});
