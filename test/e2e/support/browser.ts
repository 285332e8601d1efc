/** A page as a browser has it in the end. */
export type Page = {readonly status: number; readonly place: string; readonly text: string};

export type Browser = {
	/** Follows redirects and keeps cookies. `form`: sent by POST, with the hidden fields of the page that was opened last. */
	readonly open: (place: string, form?: Readonly<Record<string, string>>) => Promise<Page>;
};

const hiddenFields = (text: string): Record<string, string> =>
	Object.fromEntries([...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, field = '', value = '']) => [field, value]));

/** A browser without a screen and without JavaScript. */
export const createBrowser = (base: string): Browser => {
	const cookies = new Map<string, string>();
	let fields: Record<string, string> = {};
	const request = async (place: string, init: RequestInit): Promise<Response> => {
		const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const response = await fetch(new URL(place, base), {...init, redirect: 'manual', headers: {cookie}, signal: AbortSignal.timeout(60_000)});
		for (const header of response.headers.getSetCookie()) {
			const [name = '', value = ''] = header.split(';')[0]!.split(/=(.*)/s);
			cookies.set(name, value);
		}

		return response;
	};

	const open = async (place: string, form?: Readonly<Record<string, string>>): Promise<Page> => {
		const response = await request(place, form ? {method: 'POST', body: new URLSearchParams({...fields, ...form})} : {});
		const next = response.headers.get('location');
		if (next !== null) {
			return open(new URL(next, new URL(place, base)).href);
		}

		const text = await response.text();
		fields = hiddenFields(text);
		return {status: response.status, place: new URL(response.url).pathname, text};
	};

	return {open};
};
