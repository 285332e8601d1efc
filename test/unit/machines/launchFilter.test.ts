import test from 'ava';
import fastCheck from 'fast-check';
import {createLaunchFilter} from '../../../scripts/machines/launchFilter.js';
import {launchMark} from '../../../scripts/machines/shell/launch.js';

const filter = (chunks: readonly string[]) => {
	const groups: number[] = [];
	let data = '';
	const launch = createLaunchFilter(group => {
		groups.push(group);
	}, chunk => {
		data += chunk.toString();
	});
	for (const chunk of chunks) {
		launch.push(Buffer.from(chunk));
	}

	return {groups, data, preface: launch.preface(), hasStarted: launch.hasStarted()};
};

test('the mark is taken out, with the noise before it, wherever the chunks are cut', t => {
	const text = `bash: warning: setlocale\n${launchMark}4711\nfirst\nsecond ${launchMark}1\n`;
	const property = fastCheck.property(fastCheck.array(fastCheck.nat({max: text.length})), places => {
		const sorted = [0, ...places, text.length].toSorted((left, right) => left - right);
		const result = filter(sorted.slice(1).map((end, index) => text.slice(sorted[index], end)));
		return result.hasStarted && result.groups.join(',') === '4711' && result.data === `first\nsecond ${launchMark}1\n`;
	});
	t.notThrows(() => {
		fastCheck.assert(property);
	});
});

test('without a mark the words before it tell what went wrong', t => {
	t.deepEqual(filter(['nsenter: cannot open\n', 'x']), {groups: [], data: '', preface: 'nsenter: cannot open\nx', hasStarted: false});
});

test('endless noise is not kept', t => {
	const {preface} = filter(Array.from({length: 100}, () => 'x'.repeat(10_000)));
	t.true(preface.length <= 65_536);
});
