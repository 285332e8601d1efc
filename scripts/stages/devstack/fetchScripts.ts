import {aptOverride} from './fetchedSources.js';
import {markFunctions} from './fetchedState.js';

/** At the end of a script: what lies in `work` is finished, and takes the place of what was in `target`. */
const finish = String.raw`
cd "$work"
listing >.complete
chown -R root:root .
chmod -R u=rwX,go=rX .
sync -f .
rm -rf -- "$target"
mv -T -- "$work" "$target"
`;

/**
 * $1: the directory; $2: that of the checkouts, $3: their names; then packages. They are downloaded twice, into one archive: for the machine as it is, whose
 * packages of other versions may have to follow, and for one that has nothing, so that all is there whatever was installed before.
 * The keys and sources are those of the machine's own apt; what it has verified is listed with its checksum, in an index by which apt finds it again.
 */
export const debsScript = String.raw`
${markFunctions}
target=$1 work=$1.partial stack=$2 names=$3
shift 3
${aptOverride.remove}
rm -rf -- "$work/lists"
mkdir -p "$work/lists/partial" "$work/partial"
: >"$work/nothing"
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get --option Dir::State::lists="$work/lists" --option Dir::Cache::archives="$work" --option Dir::Cache::pkgcache= --option Dir::Cache::srcpkgcache= --option Acquire::Retries=3 --option DPkg::Lock::Timeout=300 --option Dpkg::Use-Pty=0 "$@"; }
apt --error-on=any update
for status in /var/lib/dpkg/status "$work/nothing"; do
	apt --option Dir::State::status="$status" --yes --download-only install "$@"
done
cd "$work"
rm -rf lists partial nothing lock
for file in *%*.deb; do if [ -e "$file" ]; then mv -- "$file" "$(echo "$file" | tr % _)"; fi; done
for file in *.deb; do
	dpkg-deb --field "$file"
	printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat --format=%s "$file")" "$(sha256sum <"$file" | cut -d ' ' -f 1)"
done >Packages
commits "$stack" $names >.commits
${finish}`;

/**
 * What runs as the user of stack.sh, since source distributions are built here. $1: the directory; $2: that of the checkouts, $3: their names; then what is
 * asked for besides. Everything becomes wheels: what the checkouts and the names ask for, at the versions of the constraints, and what is needed to build
 * packages. DevStack takes setuptools out of the constraints, and the checkouts are as it has not edited them yet. They themselves are installed from where
 * they are, except that one which the constraints name may be wanted before, as Horizon is by trove-dashboard. At the end all is asked for again, without an index.
 */
export const wheelsScript = String.raw`
work=$1 stack=$2 names=$3
shift 3
cd "$work"
rm -rf wheels venv
python3 -m venv venv
pip() { command=$1; shift; venv/bin/python -m pip --disable-pip-version-check --cache-dir "$work/cache" "$command" --no-color --progress-bar=off "$@"; }
pip install --upgrade pip
git -C "$stack/requirements" show HEAD:upper-constraints.txt >all
grep -iv '^setuptools=' all >constraints
own=$(for name in $names; do if ! grep -iq "^$name===" constraints; then echo "$name"; fi; done | paste -sd '|')
: >requirements
: >builds
cat >builds.py <<'end'
import sys
try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib
with open(sys.argv[1], 'rb') as file:
    print(*tomllib.load(file).get('build-system', {}).get('requires', []), sep='\n')
end
for name in $names; do
	place=$stack/$name
	if [ -e "$place/requirements.txt" ]; then
		git -C "$place" show HEAD:requirements.txt | sed 's/[[:space:]]*#.*//' | grep -Eiv "^($own)([^[:alnum:]._-]|\$)|^[[:space:]]*\$" >>requirements || true
	fi
	if [ -e "$place/pyproject.toml" ]; then
		venv/bin/python builds.py "$place/pyproject.toml" >>builds
	fi
done
printf '%s\n' "$@" >>requirements
printf '%s\n' setuptools wheel pbr >>builds
for list in requirements builds; do sort -u -o $list $list; done
export PIP_PREFER_BINARY=1
pip wheel --wheel-dir wheels --constraint constraints --requirement requirements
pip wheel --wheel-dir wheels --requirement builds
export PIP_NO_INDEX=1 PIP_FIND_LINKS="$work/wheels"
pip install --quiet --dry-run --ignore-installed --constraint constraints --requirement requirements
pip install --quiet --dry-run --ignore-installed --requirement builds
`;

/** $1: the directory; $2: that of the checkouts, $3: their names, $4: the user; then the words that run the script above as that user. What pip has downloaded waits for another try. */
export const pythonScript = String.raw`
${markFunctions}
target=$1 partial=$1.partial stack=$2 names=$3 user=$4
shift 4
install -d -o "$user" -g "$user" "$partial"
runuser --user "$user" -- test -w "$partial" || { echo "$user cannot reach $partial: directories above it are not readable for everyone" >&2; exit 1; }
"$@"
work=$partial/wheels
commits "$stack" $names >"$work/.commits"
${finish}
rm -rf -- "$partial"
`;

/** $1: the directory; standard input: lines NAME URL. Addresses may have passwords, and show in no list of processes. */
export const downloadsScript = String.raw`
${markFunctions}
target=$1 work=$1.partial
mkdir -p "$work"
cd "$work"
while read -r name url; do
	echo "downloading $name"
	printf 'url = "%s"\n' "$url" | curl --config - --silent --show-error --fail --location --retry 3 --retry-delay 5 --continue-at - --output "$name"
done
${finish}`;
