import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {chromium, type Page} from 'playwright-core';
import {findCommand} from '../../helpers/debianPackages.js';

export type Window = {
	readonly page: Page;
	/** Keeps what the page looks like now, for a person to look at; the directory is told in the test's log. */
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
	const directory = await mkdtemp(path.join(tmpdir(), 'k2hdkc-pictures-'));
	t.log(`pictures: ${directory}`);
	return {
		page,
		async picture(name) {
			await page.screenshot({path: path.join(directory, `${name}.png`), fullPage: true});
		},
	};
};
