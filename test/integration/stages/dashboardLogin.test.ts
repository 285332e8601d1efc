import type {RequestListener} from 'node:http';
import test from 'ava';
import {createLocalMachine} from '../../../scripts/machines/local.js';
import {needs} from '../../helpers/needs.js';
import {serveHttp} from '../../helpers/serveHttp.js';

const form = '<title>Login</title><input type="hidden" name="csrfmiddlewaretoken" value="t1"><input type="hidden" name="region" value="default">';
const noscript = '<div class="alert alert-danger text-center javascript-disabled">Without JavaScript</div>';
const error = '<div class="alert alert-danger alert-dismissable fade in"><p><strong>Error: </strong>Trove isn&#x27;t there. <a>Details</a> long</p></div>';

/** As Horizon: a token in the form, a cookie for who knows the password. `page` and `second`: what lies behind the login. */
const dashboard = (page: string, code = 200, second = page): RequestListener => async (request, response) => {
	if (request.method === 'POST') {
		const chunks: string[] = [];
		for await (const chunk of request.setEncoding('utf8')) {
			chunks.push(chunk as string);
		}

		const sent = new URLSearchParams(chunks.join(''));
		const known = sent.get('password') === 'right & wrong' && sent.get('csrfmiddlewaretoken') === 't1' && sent.get('region') === 'default';
		if (known) {
			response.writeHead(302, {location: sent.get('next')!, 'set-cookie': 'sessionid=s1; Path=/'}).end();
		} else {
			response.end(`${noscript}${form}<div class="alert alert-danger">Invalid credentials.</div>`);
		}
	} else if (request.url!.startsWith('/auth/login/')) {
		response.end(`${noscript}${form}`);
	} else {
		response.writeHead(request.headers.cookie === 'sessionid=s1' ? code : 403).end(request.url === pages[1] ? second : page);
	}
};

const pages = ['/project/databases/', '/project/database_clusters/'];

const logIn = async (base: string, password = 'right & wrong'): Promise<{code: number; stdout: string; stderr: string}> =>
	createLocalMachine().run(['python3', 'conf/sandbox/dashboard-login.py'], {input: [base, 'admin', password, ...pages, ''].join('\n'), allow: 'any'});

test('the login tells the titles of the pages, or what the dashboard says instead', async t => {
	if (!await needs(t, {commands: {python3: 'python3'}})) {
		return;
	}

	const good = await serveHttp(t, dashboard(`<title>\n  Instances - \n  Dashboard </title>${noscript}`, 200, '<title>Clusters</title>'));
	t.deepEqual(await logIn(good).then(({code, stdout}) => [code, stdout]), [0, 'Instances - Dashboard\nClusters\n']);

	const refusals = [
		[await logIn(good, 'wrong'), 'the login led to /auth/login/: Invalid credentials.'],
		[await logIn(await serveHttp(t, dashboard(`${noscript}${error}`))), '/project/databases/ shows: Error: Trove isn\'t there.'],
		[await logIn(await serveHttp(t, dashboard('x', 500))), '/project/databases/ answered 500'],
		[await logIn(await serveHttp(t, dashboard('', 200, error))), '/project/database_clusters/ shows: Error: Trove isn\'t there.'],
	] as const;
	for (const [{code, stderr}, message] of refusals) {
		t.is(code, 1);
		t.is(stderr.trim(), message);
	}

	const {code, stderr} = await logIn('http://127.0.0.1:9/');
	t.is(code, 1);
	t.regex(stderr, /did not answer: .*refused/);
});
