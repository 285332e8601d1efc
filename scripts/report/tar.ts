export type TarFile = {readonly name: string; readonly content: string};

const blockSize = 512;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** The header of one regular file, mode 0600, owned by root; names of up to 100 bytes. */
const headerOf = (name: string, size: number, time: Date): Buffer => {
	const header = Buffer.alloc(blockSize);
	const fields: Array<[number, string]> = [
		[0, name], [100, octal(0o600, 8)], [108, octal(0, 8)], [116, octal(0, 8)], [124, octal(size, 12)], [136, octal(Math.floor(time.getTime() / 1000), 12)],
		[148, ' '.repeat(8)], [156, '0'], [257, 'ustar\u000000'], [265, 'root'], [297, 'root'],
	];
	for (const [offset, text] of fields) {
		header.write(text, offset);
	}

	let sum = 0;
	for (const byte of header) {
		sum += byte;
	}

	header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return header;
};

/** A tar archive of text files, made in memory: what is in it went through the mask and never lay on a disk unmasked. */
export const packTar = (files: readonly TarFile[], time: Date): Buffer => {
	const parts = files.flatMap(({name, content}) => {
		const body = Buffer.from(content);
		if (Buffer.byteLength(name) > 100) {
			throw new RangeError(`The name ${name} is too long for the archive.`);
		}

		return [headerOf(name, body.length, time), body, Buffer.alloc((blockSize - (body.length % blockSize)) % blockSize)];
	});
	return Buffer.concat([...parts, Buffer.alloc(2 * blockSize)]);
};
