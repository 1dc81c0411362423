import { createHash, X509Certificate } from 'node:crypto';

/** What a join token's secret holds. */
export interface JoinSecret {
  /** 32 random bytes, base64url. */
  readonly secret: string;
  /** SHA-256 of the authority's certificate (DER), base64url: tells an agent the right console from a false one. */
  readonly fingerprint: string;
}

const form = /^seawall-join_([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export function joinSecretText({ secret, fingerprint }: JoinSecret): string {
  return `seawall-join_${secret}.${fingerprint}`;
}

export function readJoinSecret(text: string): JoinSecret | undefined {
  const [, secret, fingerprint] = form.exec(text.trim()) ?? [];
  return secret === undefined || fingerprint === undefined ? undefined : { secret, fingerprint };
}

/** SHA-256 of a certificate, given as DER or PEM. */
export function fingerprintOf(certificate: Buffer | string, encoding: 'hex' | 'base64url'): string {
  const { raw } = new X509Certificate(certificate);
  return createHash('sha256').update(raw).digest(encoding);
}

/** The certificates of a PEM text that holds several. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
