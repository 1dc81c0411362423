import { verify, X509Certificate } from 'node:crypto';
import type { Queries } from '#store/index.ts';
import { linkSchema } from './schema.ts';

export interface SignedByAgent {
  readonly content: Buffer;
  /** ECDSA with SHA-256, DER, base64. */
  readonly signature: string;
  /** PEM. */
  readonly certificate: string;
}

/**
 * Whether an agent signed exactly these bytes by the key of a certificate that an authority of this console issued to that
 * very agent, and that was valid at that moment.
 */
export async function isSignedByAgent(
  queries: Queries,
  agent: string,
  { content, signature, certificate, at }: SignedByAgent & { readonly at: Date },
): Promise<boolean> {
  const read = readCertificate(certificate);
  if (read === undefined || !isOf(read, agent) || at < read.validFromDate || at >= read.validToDate) return false;
  const authorities = await queries.query(linkSchema).selectFrom('authority').select('certificate').execute();
  if (!authorities.some((authority) => isIssuedBy(read, authority.certificate))) return false;
  return verify('sha256', content, read.publicKey, Buffer.from(signature, 'base64'));
}

function isOf({ subjectAltName, ca, publicKey }: X509Certificate, agent: string): boolean {
  return !ca && publicKey.asymmetricKeyType === 'ec' && subjectAltName === `URI:urn:seawall:agent:${agent}`;
}

function isIssuedBy(certificate: X509Certificate, text: string): boolean {
  const authority = readCertificate(text);
  return authority?.ca === true && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function readCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}
