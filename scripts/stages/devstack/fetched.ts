/** What stack.sh is brought ahead, by the directory that has it, in words for people. */
export const fetchedParts = {
	packages: 'packages of the distribution',
	python: 'packages of Python',
	downloads: 'the archive of etcd and the disk of CirrOS',
} as const;

export type FetchedPart = keyof typeof fetchedParts;

/** How one part stands. `others`: it was fetched for other commits than those that are checked out. */
export type PartState = {readonly state: 'absent' | 'unfinished' | 'changed' | 'others' | 'complete'; readonly files: number};

/** What was fetched for stack.sh. */
export type Fetched = {
	readonly directory: string;
	readonly parts: Readonly<Record<FetchedPart, PartState>>;
};
