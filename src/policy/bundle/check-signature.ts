import { createHash, verify, X509Certificate } from 'node:crypto';
import type { SignedBundle } from '../contract.ts';
import { bundlePurpose } from './purpose.ts';

/** `authority`: SHA-256 of the certificate of the authority (DER), as join tokens name it: base64url. */
export type SignatureCheck =
  | { readonly state: 'signed'; readonly authority: string; readonly hex: string }
  | { readonly state: 'refused'; readonly reason: 'signature' | 'other-key'; readonly why: string };

interface Signed {
  readonly bundle: SignedBundle;
  /** When it says that it was made; a key signs nothing before or after its time. */
  readonly madeAt: Date;
  /** Fingerprint of the authority that is trusted, base64url or hex; missing: any, which is then named. */
  readonly key?: string | undefined;
}

/** Whether a key certified for bundles signed exactly this statement, under the authority that is trusted. */
export function checkSignature({ bundle, madeAt, key }: Signed): SignatureCheck {
  const read = certificatesOf(bundle);
  if (read === undefined) return refused('signature', 'A certificate of it cannot be read.');
  const { certificate, authority } = read;
  const usages: readonly string[] = certificate.keyUsage ?? [];
  if (certificate.ca || usages.length !== 1 || usages[0] !== bundlePurpose.usage)
    return refused('signature', 'The certificate of its key is not one for bundles of verdicts.');
  if (!authority.ca || !certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
    return refused('signature', 'Its authority did not issue the certificate of its key.');
  if (
    ![certificate, authority].every(({ validFromDate, validToDate }) => validFromDate <= madeAt && madeAt < validToDate)
  )
    return refused('signature', 'The certificate of its key did not hold when it was made.');
  if (!isSigned(bundle, certificate)) return refused('signature', 'Its signature is not of these bytes.');
  const [base64url, hex] = [fingerprint(authority, 'base64url'), fingerprint(authority, 'hex')];
  if (key !== undefined && readAuthority(key) !== hex)
    return refused('other-key', `Another installation signed it: its authority is ${base64url}.`);
  return { state: 'signed', authority: base64url, hex };
}

function refused(reason: 'signature' | 'other-key', why: string): SignatureCheck {
  return { state: 'refused', reason, why };
}

function certificatesOf({ certificate, authority }: SignedBundle) {
  try {
    return { certificate: new X509Certificate(certificate), authority: new X509Certificate(authority) };
  } catch {
    return undefined;
  }
}

function isSigned({ statement, signature }: SignedBundle, { publicKey }: X509Certificate): boolean {
  if (publicKey.asymmetricKeyType !== 'ec') return false;
  return verify('sha256', Buffer.from(statement), publicKey, Buffer.from(signature, 'base64'));
}

function fingerprint({ raw }: X509Certificate, encoding: 'hex' | 'base64url'): string {
  return createHash('sha256').update(raw).digest(encoding);
}

/**
 * Fingerprint of an authority as people write it, in lower-case hex: hex with colons, in capitals, with a prefix, or
 * base64url as join tokens end. `undefined`: it is none.
 */
export function readAuthority(text: string): string | undefined {
  const plain = text.trim().replace(/^sha256:/i, '');
  const hex = plain.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  return /^[\w-]{43}$/.test(plain) ? Buffer.from(plain, 'base64url').toString('hex') : undefined;
}
