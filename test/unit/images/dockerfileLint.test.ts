import test from 'ava';
import {validate} from 'dockerfile-utils';
import {variants} from '../../../scripts/config/schema/variants.js';
import {renderBackupDockerfile} from '../../../scripts/stages/images/backupDockerfile.js';
import {renderDatabaseDockerfile} from '../../../scripts/stages/images/dockerfile.js';
import {backupSample, databaseSample, k2hdkcSources} from './support/samples.js';

const problems = (text: string): readonly string[] => validate(text).map(({message, range}) => `line ${range.start.line + 1}: ${JSON.stringify(message)}`);

for (const variant of variants) {
	for (const [kind, source] of Object.entries(k2hdkcSources)) {
		test(`the linter finds nothing in the Dockerfile of the database image: ${variant}, K2HDKC from ${kind}`, t => {
			t.deepEqual(problems(renderDatabaseDockerfile(databaseSample(variant, source, {hooks: ['printf "%s\\n" $HOME >/motd\ntrue']}))), []);
		});
	}

	test(`the linter finds nothing in the Dockerfile of the backup image: ${variant}`, t => {
		t.deepEqual(problems(renderBackupDockerfile(backupSample(variant))), []);
	});
}

test('the linter finds what is wrong', t => {
	t.deepEqual(problems('FROM base\nCOPIES a b\nEXPOSE port\nUSER\n').map(line => line.slice(0, 6)), ['line 2', 'line 3', 'line 4']);
});
