import { verify, X509Certificate } from 'node:crypto';
import { AppError } from '#base/index.ts';
import { Ledger, type SignedLedger } from './contract.ts';
import { ledgerPurpose } from './ledger-purpose.ts';

/**
 * The ledger, when a key certified for ledgers by one of the pinned authorities signed exactly these bytes. `authorities`
 * are PEM, one or several in each. Says nothing of the host that it is for, its sequence and its end: the caller compares
 * these. Throws `AppError` `ledger-untrusted`.
 */
export function verifySignedLedger(signed: SignedLedger, authorities: readonly string[], now: Date): Ledger {
  const certificate = readCertificate(signed.certificate);
  const pinned = authorities.flatMap(certificatesIn).map(readCertificate);
  checkPurpose(certificate);
  if (!holds(certificate, now)) refuse('the certificate of its key is not valid now');
  if (!pinned.some((authority) => holds(authority, now) && issued(authority, certificate)))
    refuse('no authority that this agent pinned issued the certificate of its key');
  if (!isSigned(signed, certificate)) refuse('its signature is not of these bytes');
  return read(signed.ledger);
}

function checkPurpose(certificate: X509Certificate): void {
  const usages: readonly string[] = certificate.keyUsage ?? [];
  if (certificate.ca || usages.length !== 1 || usages[0] !== ledgerPurpose.usage)
    refuse('the certificate of its key is not one for ledgers');
}

function holds({ validFromDate, validToDate }: X509Certificate, now: Date): boolean {
  return validFromDate <= now && now < validToDate;
}

function issued(authority: X509Certificate, certificate: X509Certificate): boolean {
  return authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function isSigned({ ledger, signature }: SignedLedger, { publicKey }: X509Certificate): boolean {
  if (publicKey.asymmetricKeyType !== 'ec') return false;
  return verify('sha256', Buffer.from(ledger), publicKey, Buffer.from(signature, 'base64'));
}

function read(text: string): Ledger {
  try {
    return Ledger.parse(JSON.parse(text));
  } catch (cause) {
    return refuse('this version cannot read it', cause);
  }
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    return refuse('a certificate of it cannot be read', cause);
  }
}

function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

function refuse(why: string, cause?: unknown): never {
  throw new AppError('ledger-untrusted', `The admission ledger is not taken: ${why}.`, { cause });
}
