/** Stands before the number of the process group on the first line that a launched command writes to standard error. */
export const launchMark = '\u001Ek2hdkc-devstack-started ';

const enterDirectory = '[ -z "$1" ] || cd -- "$1" || exit 126\nshift\nexec "$@"\n';

/** `sh -c` arguments: working directory or '', argv. Says its process group first: whoever reads it knows that the command began, and whom to kill. */
export const launchScript = `{ read -r line <"/proc/$$/stat"; } 2>/dev/null
line=\${line##*) }
line=\${line#* * }
printf '\\036${launchMark.slice(1)}%s\\n' "\${line%% *}" >&2
${enterDirectory}`;

/** The same without a word. */
export const quietLaunchScript = enterDirectory;
