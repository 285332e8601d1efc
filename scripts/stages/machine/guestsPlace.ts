import type {SandboxEnv} from '../sandboxEnv.js';

/** GiB that guests and volumes may take where they lie in a file; it is sparse and grows as it is written. */
const fileSizeGiB = 100;

const placeOf = ({disk}: SandboxEnv['paths']): string => `${disk}/guests`;

/**
 * Directories that the machine has from the host as they are, by their place inside. The machine's own root is an overlay, on which the docker
 * engine of a guest would copy every layer.
 */
export const guestDirectories = ({paths}: Pick<SandboxEnv, 'paths'>): ReadonlyMap<string, string> => new Map([
	['/var/lib/incus', `${placeOf(paths)}/incus`],
	['/var/lib/cinder/volumes', `${placeOf(paths)}/volumes`],
]);

/** Makes the directories. Where the disk itself lies on an overlay, they are in a file with a file system of its own, mounted by a loop device. */
export const mountGuestsScript = (env: Pick<SandboxEnv, 'paths'>): string => {
	const place = placeOf(env.paths);
	return `
mkdir -p '${place}'
if [ "$(stat --file-system --format=%T '${place}')" = overlayfs ]; then
  if [ ! -e '${place}.img' ]; then
    rm -f '${place}.img.new'
    truncate --size=${fileSizeGiB}G '${place}.img.new'
    mkfs.ext4 -q -m 0 -E lazy_itable_init=1,lazy_journal_init=1 '${place}.img.new'
    mv '${place}.img.new' '${place}.img'
  fi
  mount -o loop '${place}.img' '${place}'
fi
mkdir -p ${[...guestDirectories(env).values()].map(directory => `'${directory}'`).join(' ')}
`;
};

/**
 * Frees loop devices of volumes when the machine has ended: nobody inside will ask for their numbers again. One is known by the file that it
 * stands for.
 */
export const freeVolumesScript = (env: Pick<SandboxEnv, 'paths'>): string => `
if [ -d '${placeOf(env.paths)}/volumes' ]; then
  find '${placeOf(env.paths)}/volumes' -type f | while read -r file; do
    losetup --noheadings --output NAME --associated "$file" | while read -r device; do losetup --detach "$device"; done
  done
fi
`;

/** Takes the mount away where there is one. */
export const unmountGuestsScript = (env: Pick<SandboxEnv, 'paths'>): string =>
	`if mountpoint -q '${placeOf(env.paths)}'; then umount '${placeOf(env.paths)}'; fi\n`;

/** Prints in a few words what guests lie on. */
export const guestsOnScript = (env: Pick<SandboxEnv, 'paths'>): string => {
	const place = placeOf(env.paths);
	return `type=$(stat --file-system --format=%T '${place}')\nif mountpoint -q '${place}'; then echo "a file of the host with ext4"; else echo "a directory of the host, on $type"; fi\n`;
};
