import {ToolError} from '../../../errors/toolError.js';
import type {SandboxEnv, SandboxStep} from '../../sandboxEnv.js';
import {emptyPartial} from '../guest.js';
import {readManifest} from '../manifest.js';
import {renderPackageList} from '../packageList.js';
import {databaseLayer, wantedDatabase} from './base.js';
import {containerCommand} from './builders/scripts.js';
import {breaches, parseContainerFacts} from './contract.js';
import {databaseInputs, databaseOf} from './definition.js';
import {inspectScript} from './inspectScript.js';

/** File beside an image with its checksum when it was found right. */
const checkedMark = 'checked';

/** Whether the image that is there was found right. */
export const isChecked = async (env: SandboxEnv): Promise<boolean> => {
	const directory = databaseLayer(env, 'image');
	const [manifest, checked] = await Promise.all([readManifest(env.host, directory), env.host.read(`${directory}/${checkedMark}`)]);
	return checked !== undefined && checked.trim() === manifest?.files[0]?.sha256;
};

/** What Trove and its users rely on: nothing is pushed before. */
export const databaseCheck: SandboxStep = {
	id: 'images.database.check',
	stage: 'images',
	title: 'Database image keeps its contract: user, ports, modes, programs, commands',
	needs: ['images.database'],
	inputs: ({config}) => ({image: databaseInputs(databaseOf(config)!).image, script: inspectScript}),
	async probe({env}) {
		const directory = databaseLayer(env, 'image');
		return await isChecked(env)
			? {state: 'present', evidence: `the image in ${directory} was found right`}
			: {state: 'absent', evidence: `the image in ${directory} was not looked at`};
	},
	async apply({env, job, progress}) {
		const {host} = env;
		const {tag, image: {variant}} = wantedDatabase(env);
		const directory = databaseLayer(env, 'image');
		const report = `${directory}/check.log`;
		const work = await emptyPartial(env, `${directory}.check`);
		progress.say('looking at it and starting its commands');
		await job(host, ['sh', '-euc', 'exec "$@" >"$REPORT" 2>"$REPORT.errors" || { cat "$REPORT.errors" >&2; exit 1; }', 'sh', ...containerCommand(env.builder.builder, inspectScript, work, `${directory}/image.tar`)], {env: {REPORT: report}});
		const facts = parseContainerFacts(await host.read(report) ?? '');
		const wrong = breaches(facts, tag);
		if (wrong.length > 0) {
			throw new ToolError('K2D6009', `The database image does not keep its contract: ${wrong.join('; ')}`, {log: report, lastLines: wrong});
		}

		const manifest = (await readManifest(host, directory))!;
		await host.write(`${directory}/packages.cdx.json`, renderPackageList(facts.packages, {name: manifest.name, vendor: variant, made: manifest.made}));
		await host.write(`${directory}/${checkedMark}`, `${manifest.files[0]!.sha256}\n`);
		await host.run(['rm', '-rf', '--one-file-system', '--', work, `${report}.errors`]);
	},
	undo: {nothingLeft: 'It lies beside the image and goes with it.'},
	timeout: 300,
	idleTimeout: 120,
	expected: 10,
};
