/** What makes container images and looks at them. */
export type Builder = {
	readonly name: 'buildah' | 'docker';
	/** Debian packages of the host that it needs. */
	readonly packages: readonly string[];
	/** Words of a command line that the shell with its functions is run by. */
	readonly runner: readonly string[];
	/**
	 * POSIX sh under `set -eu`. $work is a directory of the script's own; whatever the functions make elsewhere goes when the script ends, or
	 * with the next one that has the same $work. Images are files of the form docker-archive with one image and its name.
	 *
	 * - `import_root ROOT NAME FILE`: the root file system in directory ROOT as an image.
	 * - `build_image BASE NAME FILE`: builds $work/Dockerfile in $work/context over the image in the file BASE, which it names as it is named
	 *   there. No registry is asked. Proxies of the environment are there while it builds and not in the image.
	 * - `open_image FILE`: its file system is the directory $root from then on.
	 * - `inside COMMAND…`: runs a command in the opened image, as its user, with the image's environment and no other, without a network to
	 *   the outside where the builder can do that; prints its output and error, ends with its exit code.
	 */
	readonly functions: string;
};
