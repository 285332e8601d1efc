import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {chromium, type Page} from 'playwright-core';
import {findCommand} from '../../helpers/debianPackages.js';

export type Window = {
	readonly page: Page;
	/** Keeps what the page looks like now, for a person to look at: build/pictures/FILE-OF-THE-TEST/NAME.png. */
	readonly picture: (name: string) => Promise<void>;
};

/** Debian's Chromium without a screen, for the time of a test. What does not happen within a minute is a failure. */
export const openWindow = async (t: ExecutionContext, base: string): Promise<Window> => {
	const executablePath = await findCommand('chromium');
	// Its own sandbox refuses to work for root; it sees nothing but the dashboard.
	const browser = await chromium.launch({executablePath: executablePath!, args: ['--no-sandbox', '--no-proxy-server']});
	t.teardown(async () => browser.close());
	const page = await browser.newPage({baseURL: base, viewport: {width: 1280, height: 1000}});
	page.setDefaultTimeout(60_000);
	const directory = path.resolve('build/pictures', path.basename(test.meta.file, '.test.js'));
	await mkdir(directory, {recursive: true});
	t.log(`pictures: ${directory}`);
	return {
		page,
		async picture(name) {
			await page.screenshot({path: path.join(directory, `${name}.png`), fullPage: true});
		},
	};
};
