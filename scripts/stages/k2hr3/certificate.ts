import {createPrivateKey, X509Certificate} from 'node:crypto';
import {ToolError} from '../../errors/toolError.js';

/** Where HAProxy finds it in the machine of the environment. */
export const certificatePath = '/etc/k2hdkc-devstack/k2hr3-certificate.pem';

/** What is wrong with a file of certificate, chain and private key for that address; undefined when it will do. */
export const certificateFault = (pem: string, address: string, now: Date): string | undefined => {
	let certificate: X509Certificate;
	try {
		// The first one is that of the service.
		certificate = new X509Certificate(pem);
	} catch {
		return 'it holds no certificate in PEM';
	}

	try {
		if (!certificate.checkPrivateKey(createPrivateKey(pem))) {
			return 'its private key belongs to another certificate';
		}
	} catch {
		return 'it holds no private key in PEM that can be read without a passphrase';
	}

	if (now > new Date(certificate.validTo) || now < new Date(certificate.validFrom)) {
		return `it is good from ${certificate.validFrom} to ${certificate.validTo}`;
	}

	return certificate.checkIP(address) === undefined ? `it is not for ${address}, where K2HR3 is reached: its names are ${certificate.subjectAltName ?? 'none'}` : undefined;
};

/** @throws ToolError K2D7020 */
export const refuseCertificate = (file: string, pem: string | undefined, address: string): void => {
	const fault = pem === undefined ? 'it is not there' : certificateFault(pem, address, new Date());
	if (fault !== undefined) {
		throw new ToolError('K2D7020', `The certificate ${file} cannot be used for K2HR3: ${fault}.`);
	}
};
