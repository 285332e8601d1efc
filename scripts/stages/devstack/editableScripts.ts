import type {Probe} from '../../pipeline/types.js';
import {digestFunction} from './digest.js';

/** How the package that is edited stands. Hashes in hex, of what guests and Trove run. */
export type EditableState = {
	/** Whether Trove's Python runs the package from where it is edited. */
	readonly installed: boolean;
	readonly source: string;
	/** Of the copy in Trove's checkout. */
	readonly copy: string;
	/** Of the source when Trove's services were last told to read it; undefined when they never were. */
	readonly read?: string;
};

/** Of a package that pip has installed so. $1: the directory; others of that name may be found besides, as the copy in Trove's checkout. */
const isEditable = `
import importlib.metadata, json, sys
wanted = {'url': 'file://' + sys.argv[1], 'editable': True}
for found in importlib.metadata.distributions(name='trove-k2hdkc'):
    said = json.loads(found.read_text('direct_url.json') or '{}')
    if {'url': said.get('url'), 'editable': said.get('dir_info', {}).get('editable')} == wanted:
        sys.exit()
sys.exit(1)
`;

/** $1 Python of Trove, $2 the package where it is edited, $3 Trove's checkout, $4 the mark of what was read. */
export const lookAtEditableScript = `
${digestFunction}
if "$1" -I -c "$(cat <<'PYTHON'
${isEditable}
PYTHON
)" "$2"; then echo editable; else echo fixed; fi
echo "source $(digest "$2/trove_k2hdkc")"
echo "copy $(digest "$3/trove_k2hdkc")"
echo "read $(cat "$4" 2>/dev/null)"
`;

export const parseEditable = (output: string): EditableState => {
	const [first = '', ...lines] = output.trim().split('\n').map(line => line.trim());
	const hashOf = (name: string): string | undefined => lines.find(line => line.startsWith(`${name} `))?.split(' ')[1];
	const read = hashOf('read');
	return {installed: first === 'editable', source: hashOf('source') ?? '', copy: hashOf('copy') ?? '', ...(read === undefined ? {} : {read})};
};

export const editableProbe = (place: string, {installed, source, copy, read}: EditableState): Probe => {
	if (!installed) {
		return {state: 'absent', evidence: `Trove does not run the package from ${place}`};
	}

	if (copy !== source) {
		return {state: 'broken', evidence: `what was edited in ${place} is not in the copy for guests`};
	}

	return read === source
		? {state: 'present', evidence: `Trove runs the package from ${place}`}
		: {state: 'broken', evidence: `what was edited in ${place} was not read yet by Trove's services`};
};

/** $1 Python of Trove, $2 the package. Where there is no virtual environment, Trove's Python is that of the system, which root alone writes to. */
export const installEditableScript = `
python=$1
where=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
if [ -w "$where" ]; then as=; else as='sudo --preserve-env'; fi
cd /
$as "$python" -m pip install --no-deps --editable "$2"
`;

/** $1 the package, $2 Trove's checkout. Prints the hash of what it has copied. Templates go where Trove reads them, as the plugin puts them. */
export const syncEditableScript = `
${digestFunction}
# find goes back to where it began, which may be the home of root.
cd /
rm -rf -- "$2/trove_k2hdkc.new"
cp --recursive -- "$1/trove_k2hdkc" "$2/trove_k2hdkc.new"
find "$2/trove_k2hdkc.new" -name __pycache__ -prune -exec rm -rf {} +
rm -rf -- "$2/trove_k2hdkc"
mv -T -- "$2/trove_k2hdkc.new" "$2/trove_k2hdkc"
if [ -d /etc/trove/templates/k2hdkc ]; then cp -- "$1"/trove_k2hdkc/templates/k2hdkc/* /etc/trove/templates/k2hdkc/; fi
digest "$2/trove_k2hdkc"
`;
