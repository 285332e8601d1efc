import type {GuestSuite} from '../../config/guestSuites.js';

/** How the virtual environment comes by what the agent needs. */
type Way = {
	/** Options of the module venv. */
	readonly venv: string;
	/** Options of pip: what is in the way of Trove and our package. */
	readonly pip: string;
	/** Lines before and after these two are installed. */
	readonly before: string;
	readonly after: string;
};

const ways: Readonly<Record<GuestSuite['agent'], Way>> = {
	// The Trove of the suite is there too, and pip must leave it.
	packages: {venv: '--system-site-packages --without-pip', pip: '--ignore-installed', before: '', after: ''},
	wheels: {
		venv: '', pip: '',
		before: 'install /src/wheels/*.whl\n',
		// Debian's own certifi does the same, so that what the system trusts is trusted here too.
		after: '"$venv/bin/python" -m pip check\nln -sf /etc/ssl/certs/ca-certificates.crt "$("$venv/bin/python" -c \'import certifi; print(certifi.where())\')"\n',
	},
};

/**
 * Run inside the guest's root, where Trove's source lies in /src/trove with the hunk applied and our package in /src/trove_k2hdkc. The virtual
 * environment has Trove itself and our package; all else are packages of the distribution, or wheels in /src/wheels. No index is asked from inside.
 */
export const agentInside = (agent: GuestSuite['agent']): string => {
	const {venv, pip, before, after} = ways[agent];
	return `
venv=/opt/guest-agent-venv
python3 -m venv ${venv} "$venv"
cp -r /src/trove /src/trove_k2hdkc /tmp/
rm -rf /tmp/trove_k2hdkc/build /tmp/trove_k2hdkc/*.egg-info
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
install() { "$venv/bin/python" -m pip install --quiet --no-cache-dir ${pip} --no-deps --no-index --no-build-isolation "$@"; }
${before}install /tmp/trove /tmp/trove_k2hdkc
${after}rm -rf /tmp/trove /tmp/trove_k2hdkc
cd /
"$venv/bin/python" -c 'import trove.cmd.guest, trove_k2hdkc.guestagent.manager; assert trove.__file__.startswith("/opt/"), trove.__file__'
`;
};

/** \`sh -eu\` with this, under \`unshare --mount\`: the layer that the script makes over a root. Arguments: root, directory with the sources, target. */
export const agentScript = `
root=$1 sources=$2 target=$3
mkdir -p "$target/layer" "$target/work" "$target/tree"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$target/layer,workdir=$target/work" "$target/tree"
systemd-nspawn --quiet --directory="$target/tree" --register=no --keep-unit --as-pid2 --console=pipe --private-network --resolv-conf=off --timezone=off \\
  --bind-ro="$sources:/src" sh -euc "$INSIDE"
umount "$target/tree"
rm -rf "$target/work" "$target/tree" "$target/layer/src" "$target/layer/tmp" "$target/layer/run" "$target/layer/var/cache" "$target/layer/etc"
`;
