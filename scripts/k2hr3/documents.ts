/** What the client of K2HR3 answers; patches/trove-k2hdkc/trove_k2hdkc/k2hr3/__main__.py makes it. */
export type Checked = {readonly url: string; readonly project: string; readonly versions: readonly string[]; readonly api: readonly string[]};

/** Of both nodes of the ring that K2HR3 keeps its data in the state, as chmpxstatus words it: `[SERVICE IN][UP][n/a][Nothing][NoSuspend]`. */
export type RingStatus = Readonly<Record<'server' | 'slave', string>>;

/** The same with the ring of the environment's own one. */
export type CheckedRing = Checked & {readonly ring?: RingStatus};

export type Keys = Readonly<Record<string, string>>;
/** Ends of the tokens, in UTC; null where there is none. */
export type Expires = Readonly<Record<'server' | 'slave', string | null>>;

export type Registered = {readonly cluster: string; readonly project: string; readonly keys: Keys; readonly expires: Expires};

export type Member = {readonly part: 'server' | 'slave'; readonly address: string; readonly cuk: string; readonly name: string};

export type ClusterStatus = Registered & {readonly registered: boolean; readonly missing: readonly string[]; readonly members: readonly Member[]};

/** `extdata_url` holds the token of the role: a secret. */
export type Slave = {readonly cluster: string; readonly project: string; readonly extdata_url: string; readonly keys: Keys};
