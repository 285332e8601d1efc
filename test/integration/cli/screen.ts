/** What a terminal of so many rows shows, and what has left it at the top; enough of a terminal for a display that is redrawn in place. */
export type Screen = {
	readonly feed: (text: string) => void;
	readonly rows: () => readonly string[];
	/** Lines that scrolled out of sight. */
	readonly above: () => readonly string[];
	readonly cursorIsHidden: () => boolean;
};

const introducer = '\u001B[';
const control = /^(?<parameters>[?\d;]*)(?<final>[A-Za-z])/;

export const createScreen = (height: number, width: number): Screen => {
	const lines: string[] = [''];
	const scrolled: string[] = [];
	let row = 0;
	let column = 0;
	let hidden = false;

	const newline = (): void => {
		row++;
		if (row === height) {
			scrolled.push(lines.shift() ?? '');
			row--;
		}

		lines[row] ??= '';
	};

	const put = (character: string): void => {
		if (column === width) {
			column = 0;
			newline();
		}

		const line = (lines[row] ?? '').padEnd(column);
		lines[row] = line.slice(0, column) + character + line.slice(column + 1);
		column++;
	};

	const obey = (parameters: string, final: string): void => {
		const count = Number(parameters) || 1;
		switch (final) {
			case 'A': {
				row = Math.max(0, row - count);
				break;
			}

			case 'G': {
				column = count - 1;
				break;
			}

			case 'K': {
				lines[row] = parameters === '2' ? '' : (lines[row] ?? '').slice(0, column);
				break;
			}

			case 'l':
			case 'h': {
				hidden = parameters === '?25' ? final === 'l' : hidden;
				break;
			}

			case 'm': {
				break;
			}

			default: {
				throw new Error(`This screen does not know ESC[${parameters}${final}.`);
			}
		}
	};

	return {
		feed(text) {
			for (let rest = text; rest !== '';) {
				const sequence = rest.startsWith(introducer) ? control.exec(rest.slice(introducer.length)) : null;
				const character = String.fromCodePoint(rest.codePointAt(0)!);
				if (sequence) {
					obey(sequence.groups!.parameters!, sequence.groups!.final!);
				} else if (character === '\n') {
					newline();
				} else if (character === '\r') {
					column = 0;
				} else {
					put(character);
				}

				rest = rest.slice(sequence ? introducer.length + sequence[0].length : character.length);
			}
		},
		rows: () => lines,
		above: () => scrolled,
		cursorIsHidden: () => hidden,
	};
};
