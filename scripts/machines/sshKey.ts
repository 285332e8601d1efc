import ssh2 from 'ssh2';

export type SshKey = {
	/** As OpenSSH keeps it in a file. */
	readonly secret: string;
	/** Type, key in base64, and the comment when there is one. */
	readonly open: string;
};

/**
 * A new key of type ed25519 without a passphrase.
 * ssh2 cuts off a first byte of the public key that is zero, as it is in one of 256, and nobody can read such a key, ssh2 included: another is made.
 */
export const generateSshKey = (comment?: string): SshKey => {
	for (;;) {
		const {private: secret, public: open} = ssh2.utils.generateKeyPairSync('ed25519', comment === undefined ? {} : {comment});
		if (!(ssh2.utils.parseKey(secret) instanceof Error)) {
			return {secret, open};
		}
	}
};
