import {accessSync, constants, statSync} from 'node:fs';

const reasons: Readonly<Record<string, string>> = {ENOENT: 'is not there', EACCES: 'may not be read', ENOTDIR: 'is not there', ELOOP: 'leads nowhere'};

/** What is wrong with a disk image as a file here, to follow its name; undefined when it can be read. */
export const diskFileFault = (file: string): string | undefined => {
	try {
		const found = statSync(file);
		if (!found.isFile()) {
			return 'is no file';
		}

		accessSync(file, constants.R_OK);
		return found.size < 512 ? 'is too small for a disk' : undefined;
	} catch (error) {
		const {code = ''} = error as NodeJS.ErrnoException;
		return reasons[code] ?? `cannot be read: ${code}`;
	}
};

/** A file as far as one can know it without reading gigabytes. Size in bytes, time in milliseconds since 1970. */
export type DiskFile = {readonly file: string; readonly bytes: number; readonly changed: number};

export const diskFile = (file: string): DiskFile => {
	const {size, mtimeMs} = statSync(file);
	return {file, bytes: size, changed: Math.floor(mtimeMs)};
};
