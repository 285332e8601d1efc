import test from 'ava';
import {insideCloudsYaml} from '../../scripts/stages/controlPlane/credentials.js';
import {needs} from '../helpers/needs.js';
import {readBlocks} from '../helpers/usagePage.js';
import {inside, machineName} from '../e2e/support/machine.js';
import {expect, hostNeeds} from '../e2e/support/tool.js';

test.serial('the commands of docs/usage.md that need no guest work as they stand', async t => {
	if (!await needs(t, hostNeeds)) {
		return;
	}

	await expect(t, 0, ['up']);
	const commands = (await readBlocks()).filter(block => block.needs === '').map(({text}) => text).join('');
	t.regex(commands, /^openstack database configuration create my-ring /m);
	const prefix = `export OS_CLIENT_CONFIG_FILE=${insideCloudsYaml} OS_CLOUD=${machineName}-demo\nset -eux\n`;
	// A group that a failure leaves would be in the way of the next run.
	const onFailure = 'trap \'[ $? -eq 0 ] || openstack database configuration delete my-ring\' EXIT\n';
	const output = await inside(prefix + onFailure + commands);
	t.regex(output, /chmpx-server-ctlport/);
	t.regex(output, /my-ring/);
	t.false((await inside(`${prefix}openstack database configuration list -f value -c Name`)).split('\n').includes('my-ring'));
});
