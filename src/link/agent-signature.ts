import { verify, X509Certificate } from 'node:crypto';

/** What is said to be signed by an agent. */
export interface ClaimedByAgent {
  readonly content: Buffer;
  /** ECDSA with SHA-256, DER, base64. */
  readonly signature: string;
  /** PEM. */
  readonly certificate: string;
  /** When it was signed. */
  readonly at: Date;
}

/** Whose signature it is, and which of the authorities issued the certificate. */
export type AgentSignature =
  | { readonly state: 'signed'; readonly agent: string; readonly authority: string }
  /** No authority issued the certificate to an agent, or it was not valid at that moment. */
  | { readonly state: 'other-authority' }
  /** The key of the certificate signed something else. */
  | { readonly state: 'forged' };

/** Checks by the certificates of authorities, PEM, which agent signed exactly these bytes. It asks nobody. */
export function checkAgentSignature(claimed: ClaimedByAgent, authorities: readonly string[]): AgentSignature {
  const { content, signature, at } = claimed;
  const certificate = readCertificate(claimed.certificate);
  const agent = certificate === undefined ? undefined : agentOf(certificate);
  if (
    certificate === undefined ||
    agent === undefined ||
    at < certificate.validFromDate ||
    at >= certificate.validToDate
  )
    return { state: 'other-authority' };
  const authority = authorities.find((text) => isIssuedBy(certificate, text));
  if (authority === undefined) return { state: 'other-authority' };
  return verify('sha256', content, certificate.publicKey, Buffer.from(signature, 'base64'))
    ? { state: 'signed', agent, authority }
    : { state: 'forged' };
}

function agentOf({ subjectAltName = '', ca, publicKey }: X509Certificate): string | undefined {
  return ca || publicKey.asymmetricKeyType !== 'ec'
    ? undefined
    : /^URI:urn:seawall:agent:([\w-]{1,64})$/.exec(subjectAltName)?.[1];
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

/** SHA-256 of a certificate, in hex without colons; `undefined`: it is none. */
export function certificateFingerprint(text: string): string | undefined {
  return readCertificate(text)?.fingerprint256.replaceAll(':', '').toLowerCase();
}
