import {readFile} from 'node:fs/promises';
import test from 'ava';
import {insideCloudsYaml} from '../../scripts/stages/controlPlane/credentials.js';
import {needs} from '../helpers/needs.js';
import {inside, machineName} from '../e2e/support/machine.js';
import {expect, hostNeeds} from '../e2e/support/tool.js';

/** The commands of the page that need no guest, each with its continuation lines. */
const commands = async (): Promise<readonly string[]> =>
	[...(await readFile('docs/usage.md', 'utf8')).matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').trim().split('\n'));

test.serial('the commands of docs/usage.md that need no guest work as they stand', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['up']);
	const lines = await commands();
	t.true(lines.length > 8 && lines.every(line => line.startsWith('openstack ')));
	const prefix = `export OS_CLIENT_CONFIG_FILE=${insideCloudsYaml} OS_CLOUD=${machineName}-demo; `;
	for (const line of lines) {
		const output = await inside(prefix + line);
		t.log(`${line}: ${output.split('\n').length} lines`);
	}

	t.false((await inside(`${prefix}openstack database configuration list -f value -c Name`)).split('\n').includes('my-ring'));
});
