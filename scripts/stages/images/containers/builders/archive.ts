import {z} from 'zod';

const manifestSchema = z.tuple([z.object({Config: z.string()})]);

/** Where manifest.json of a docker-archive names the configuration: by its digest, in older forms with .json, in that of OCI in a directory. */
const configPath = /^(?:blobs\/sha256\/)?([\da-f]{64})(?:\.json)?$/;

/** SHA-256 of the configuration of the one image in a docker-archive, by which it is known; undefined when the text is no such manifest.json. */
export const archivedId = (manifest: string): string | undefined => {
	try {
		return configPath.exec(manifestSchema.parse(JSON.parse(manifest))[0].Config)?.[1];
	} catch {
		return undefined;
	}
};
