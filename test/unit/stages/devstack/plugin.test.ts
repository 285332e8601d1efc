import test from 'ava';
import {isEdited, pluginProbe, type PluginFiles} from '../../../../scripts/stages/devstack/plugin.js';

const plugins: ReadonlyArray<readonly [what: string, files: PluginFiles, edited: boolean, found: string, evidence: RegExp]> = [
	['nothing', {}, false, 'absent', /not there, or not whole$/],
	['as it was brought', {brought: 'v1', asBrought: 'aa', now: 'aa'}, false, 'present', /has the files at hand$/],
	['edited', {brought: 'v1', asBrought: 'aa', now: 'bb'}, true, 'present', /at hand; files of it were changed there: left alone without --fresh$/],
	['of another version', {brought: 'v0', asBrought: 'aa', now: 'aa'}, false, 'broken', /other files than those at hand$/],
	['of another version, and edited', {brought: 'v0', asBrought: 'aa', now: 'bb'}, true, 'broken', /other files than those at hand; files of it were changed/],
	['brought by an older version of the tool', {brought: 'v1', now: 'aa'}, false, 'present', /has the files at hand$/],
];

for (const [what, files, edited, found, evidence] of plugins) {
	test(`the plugin, ${what}`, t => {
		const probe = pluginProbe('/opt/stack/k2hdkc', 'v1', files);
		t.is(probe.state, found as typeof probe.state);
		t.regex(probe.evidence, evidence);
		t.is(isEdited(files), edited);
	});
}
