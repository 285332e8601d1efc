import test from 'ava';
import {formatBytes} from '../../../scripts/report/bytes.js';

for (const [bytes, text] of [[0, '0 B'], [512, '512 B'], [1023, '1023 B'], [1024, '1 KiB'], [1536, '1.5 KiB'], [311_033_856, '297 MiB'], [2 ** 40, '1 TiB'], [2 ** 55, '32768 TiB']] as const) {
	test(`${bytes} bytes are ${text}`, t => {
		t.is(formatBytes(bytes), text);
	});
}
