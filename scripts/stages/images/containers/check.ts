import {ToolError} from '../../../errors/toolError.js';
import type {ImageEnv, ImageStep} from '../../imageEnv.js';
import {emptyPartial} from '../partial.js';
import {readManifest} from '../manifest.js';
import {renderPackageList} from '../packageList.js';
import {pruneImages} from '../prune.js';
import {containerCommand} from './builders/scripts.js';
import {breaches, parseContainerFacts} from './contract.js';
import {imageDirectory, type ContainerImage} from './image.js';
import {inspectScript} from './inspectScript.js';

/** File beside an image with its checksum when it was found right. */
const checkedMark = 'checked';

/** Whether the image that is there was found right. */
export const isChecked = async (env: ImageEnv, image: ContainerImage): Promise<boolean> => {
	const directory = imageDirectory(env, image);
	const [manifest, checked] = await Promise.all([readManifest(env.host, directory), env.host.read(`${directory}/${checkedMark}`)]);
	return checked !== undefined && checked.trim() === manifest?.files[0]?.sha256;
};

/** What Trove and its users rely on: nothing is pushed before. */
export const checkStep = (image: ContainerImage, title: string): ImageStep => {
	const {name, variant, inputs, contract} = image;
	const script = inspectScript(contract.runs);
	return {
		id: `images.${name}.check`,
		stage: 'images',
		title,
		needs: [`images.${name}`],
		inputs: () => ({image: inputs, script}),
		async probe({env}) {
			const directory = imageDirectory(env, image);
			return await isChecked(env, image)
				? {state: 'present', evidence: `the image in ${directory} was found right`}
				: {state: 'absent', evidence: `the image in ${directory} was not looked at`};
		},
		async apply({env, job, progress}) {
			const {host} = env;
			const directory = imageDirectory(env, image);
			const report = `${directory}/check.log`;
			const work = await emptyPartial(env, `${directory}.check`);
			progress.say('looking at it and starting its commands');
			await job(host, ['sh', '-euc', 'exec "$@" >"$REPORT" 2>"$REPORT.errors" || { cat "$REPORT.errors" >&2; exit 1; }', 'sh', ...containerCommand(env.builder.builder, script, work, `${directory}/image.tar`)], {env: {REPORT: report}});
			await host.run(['rm', '-rf', '--one-file-system', '--', work, `${report}.errors`]);
			const facts = parseContainerFacts(await host.read(report) ?? '');
			const wrong = breaches(facts, contract);
			if (wrong.length > 0) {
				throw new ToolError('K2D6009', `The ${name} image does not keep its contract: ${wrong.join('; ')}`, {log: report, lastLines: wrong});
			}

			const manifest = (await readManifest(host, directory))!;
			await host.write(`${directory}/packages.cdx.json`, renderPackageList(facts.packages, {name: manifest.name, vendor: variant, made: manifest.made}));
			await host.write(`${directory}/${checkedMark}`, `${manifest.files[0]!.sha256}\n`);
			await pruneImages(env);
		},
		undo: {nothingLeft: 'It lies beside the image and goes with it.'},
		timeout: 300,
		idleTimeout: 120,
		expected: 10,
	};
};
