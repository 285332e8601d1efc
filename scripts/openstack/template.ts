/** Values for a template: text and numbers, nested by dotted names. */
export type TemplateValues = {readonly [name: string]: string | number | TemplateValues};

const valueAt = (values: TemplateValues, name: string): string | number | undefined => {
	let value: string | number | TemplateValues | undefined = values;
	for (const part of name.split('.')) {
		value = typeof value === 'object' && Object.hasOwn(value, part) ? value[part] : undefined;
	}

	return typeof value === 'object' ? undefined : value;
};

/** The values that a template uses, by their dotted names, in order of appearance. */
export const usedValues = (template: string, values: TemplateValues): Record<string, string | number | undefined> =>
	Object.fromEntries([...template.matchAll(/{{([\w.]+)}}/g)].map(match => [match[1]!, valueAt(values, match[1]!)]));

/**
 * Replaces every `{{a.b}}`. A line whose only content would be empty stays: services read an empty value as such.
 * @throws Error for a name without a value: a template of ours that does not fit the code.
 */
export const renderTemplate = (template: string, values: TemplateValues): string =>
	template.replaceAll(/{{([\w.]+)}}/g, (_, name: string) => {
		const value = valueAt(values, name);
		if (value === undefined) {
			throw new Error(`No value for {{${name}}}`);
		}

		return String(value);
	});

/** Sections with options, as oslo.config reads them; lists are joined with commas. */
export type IniSections = Readonly<Record<string, Readonly<Record<string, string | number | boolean | ReadonlyArray<string | number | boolean>>>>>;

/** Appends sections to an INI text. oslo.config takes the last value of an option, and sections may stand more than once. */
export const withSections = (text: string, sections: IniSections): string => {
	const added = Object.entries(sections)
		.filter(([, options]) => Object.keys(options).length > 0)
		.map(([section, options]) => [`[${section}]`, ...Object.entries(options).map(([option, value]) => `${option} = ${Array.isArray(value) ? value.join(',') : String(value)}`)].join('\n'));
	return [text.trimEnd(), ...added, ''].join('\n');
};
