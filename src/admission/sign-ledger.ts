import type { Ledger, SignedLedger } from './contract.ts';

/** A key with the certificate that an authority issued over it for ledgers. */
interface LedgerKey {
  /** PEM. */
  readonly certificate: string;
  /** ECDSA with SHA-256 over the bytes, DER. */
  sign(content: Buffer): Buffer;
}

/** A ledger as agents take it; `verifySignedLedger` reads it again. */
export function signLedger(ledger: Ledger, key: LedgerKey): SignedLedger {
  const text = JSON.stringify(ledger);
  return { ledger: text, certificate: key.certificate, signature: key.sign(Buffer.from(text)).toString('base64') };
}
