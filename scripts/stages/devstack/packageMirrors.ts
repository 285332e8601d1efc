import type {Machine} from '../../machines/types.js';

/** An index of packages that the machine's own apt or dnf uses. */
export type PackageIndex = {
	/** As its configuration names it. */
	readonly name: string;
	/** Of the file that is fetched first. */
	readonly url: string;
};

/** Lines `NAME URL`, each once; what is not asked by HTTP is left out. */
export const parseAptIndexes = (output: string): readonly PackageIndex[] => [...new Set(output.split('\n').map(line => line.trim()))].flatMap(line => {
	const [name = '', url = ''] = line.split(' ');
	return /^https?:/.test(url) ? [{name, url}] : [];
});

const substitute = (text: string, variables: Readonly<Record<string, string>>): string =>
	text.replaceAll(/\${?([a-z]\w*)}?/gi, (word, name: string) => variables[name] ?? word);

/** First address of a value that may have several. */
const firstAddress = (value: string | undefined): string | undefined => value?.split(/[\s,]+/).find(word => /^https?:/.test(word));

/**
 * Repositories that are switched on in files of /etc/yum.repos.d. dnf takes the list of mirrors before a base address.
 * `variables`: values of `$releasever`, `$basearch` and what /etc/dnf/vars has.
 */
export const parseRepositories = (text: string, variables: Readonly<Record<string, string>>): readonly PackageIndex[] =>
	`\n${text}`.split(/\n\s*\[/).slice(1).flatMap(section => {
		const name = section.slice(0, section.indexOf(']'));
		const values = new Map(section.split('\n').flatMap(line => {
			const [, key, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
			return key === undefined || value === undefined ? [] : [[key, substitute(value, variables)] as const];
		}));
		if (values.get('enabled') === '0') {
			return [];
		}

		const list = firstAddress(values.get('metalink')) ?? firstAddress(values.get('mirrorlist'));
		const base = firstAddress(values.get('baseurl'));
		const url = list ?? (base === undefined ? undefined : `${base.replace(/\/$/, '')}/repodata/repomd.xml`);
		return url === undefined ? [] : [{name, url}];
	});

// Where each index is apt tells itself; dnf can tell only when it has fetched, so its files are read.
const indexesScript = `
if command -v apt-get >/dev/null; then
  echo apt
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)dists/$(RELEASE)/InRelease' 'Created-By: Packages'
elif command -v dnf >/dev/null; then
  echo dnf
  for file in /etc/dnf/vars/*; do if [ -f "$file" ]; then printf '%s=%s\\n' "$(basename "$file")" "$(head -n 1 "$file")"; fi; done
  . /etc/os-release
  printf 'releasever=%s\\nbasearch=%s\\n\\n' "\${VERSION_ID%%.*}" "$(uname -m)"
  cat /etc/yum.repos.d/*.repo 2>/dev/null || true
else
  echo none
fi
`;

const parseVariables = (text: string): Readonly<Record<string, string>> => Object.fromEntries(text.split('\n').flatMap(line => {
	const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
	return name === undefined || value === undefined ? [] : [[name, value]];
}));

/** Reads what the script printed; undefined where there is neither apt nor dnf. */
export const parsePackageIndexes = (output: string): readonly PackageIndex[] | undefined => {
	const [program, ...lines] = output.split('\n');
	const rest = lines.join('\n');
	switch (program) {
		case 'apt': {
			return parseAptIndexes(rest);
		}

		case 'dnf': {
			const end = rest.indexOf('\n\n');
			return parseRepositories(rest.slice(end), parseVariables(rest.slice(0, end)));
		}

		default: {
			return undefined;
		}
	}
};

/** The indexes of the machine's packages, by its own configuration. Asks nothing outside. */
export const packageIndexes = async (host: Pick<Machine, 'script'>): Promise<readonly PackageIndex[] | undefined> =>
	parsePackageIndexes((await host.script(indexesScript)).stdout);
