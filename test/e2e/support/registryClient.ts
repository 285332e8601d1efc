import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {request, type RequestOptions} from 'node:https';
import type {IncomingMessage} from 'node:http';

export type Pushed = {readonly name: string; readonly tag: string; readonly digest: string};

export type RegistryClient = {
	/** Pushes an image of one layer with this content. */
	readonly push: (name: string, tag: string, content: string) => Promise<Pushed>;
	/** Content of the one layer of an image. */
	readonly pull: (image: Pushed) => Promise<string>;
};

type Answer = {readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string};

const digestOf = (content: string): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** Speaks the distribution protocol with the registry at HOST:PORT, trusting nothing but `ca`. */
export const registryClient = (address: string, ca: string): RegistryClient => {
	const ask = async (method: string, url: string, body = '', headers: RequestOptions['headers'] = {}): Promise<Answer> => {
		const sent = request(new URL(url, `https://${address}`), {method, ca, headers: {'Content-Length': Buffer.byteLength(body), ...headers}}).end(body);
		const [response] = await once(sent, 'response') as [IncomingMessage];
		const chunks: Buffer[] = [];
		for await (const chunk of response) {
			chunks.push(chunk as Buffer);
		}

		return {status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString()};
	};

	const expectStatus = ({status, body}: Answer, wanted: number): void => {
		if (status !== wanted) {
			throw new Error(`the registry answered ${status}: ${body}`);
		}
	};

	const pushBlob = async (name: string, content: string): Promise<{digest: string; size: number}> => {
		const begun = await ask('POST', `/v2/${name}/blobs/uploads/`);
		expectStatus(begun, 202);
		const place = new URL(begun.headers.location!, `https://${address}`);
		place.searchParams.set('digest', digestOf(content));
		expectStatus(await ask('PUT', place.href, content, {'Content-Type': 'application/octet-stream'}), 201);
		return {digest: digestOf(content), size: Buffer.byteLength(content)};
	};

	return {
		async push(name, tag, content) {
			const config = {mediaType: 'application/vnd.oci.image.config.v1+json', ...await pushBlob(name, '{}')};
			const layers = [{mediaType: 'application/vnd.oci.image.layer.v1.tar', ...await pushBlob(name, content)}];
			const manifest = JSON.stringify({schemaVersion: 2, mediaType: manifestType, config, layers});
			expectStatus(await ask('PUT', `/v2/${name}/manifests/${tag}`, manifest, {'Content-Type': manifestType}), 201);
			return {name, tag, digest: digestOf(manifest)};
		},
		async pull({name, tag, digest}) {
			const manifest = await ask('GET', `/v2/${name}/manifests/${tag}`, '', {Accept: manifestType});
			expectStatus(manifest, 200);
			if (digestOf(manifest.body) !== digest) {
				throw new Error(`${name}:${tag} is ${digestOf(manifest.body)} now`);
			}

			const [layer] = (JSON.parse(manifest.body) as {layers: Array<{digest: string}>}).layers;
			const blob = await ask('GET', `/v2/${name}/blobs/${layer!.digest}`);
			expectStatus(blob, 200);
			return blob.body;
		},
	};
};
