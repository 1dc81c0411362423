import { createHash } from 'node:crypto';
import { canonicalText } from '#catalog/index.ts';

/** SHA-256 in hex of a part: of its canonical text, so that the order of keys in a file says nothing. */
export function partDigest(part: unknown): string {
  return sha256(canonicalText(part));
}

/** SHA-256 in hex of the bytes of a verdict. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What of a verdict on a subject in one environment stays the same while the verdict does. */
export interface LedgerStatement {
  readonly subject: string;
  /** Missing: hosts without an environment. */
  readonly environment?: string | undefined;
  /** The verdict on each scan that counts. `verdict`: SHA-256 of its bytes, hex. */
  readonly verdicts: readonly { readonly scan: string; readonly verdict: string }[];
  /** Scan whose verdict holds. */
  readonly holds: string;
}

/**
 * What a ledger entry carries of its bundle. It binds the bytes of the verdict on every counting scan and changes only with
 * them: a bundle that is made later of the same verdict has the same.
 */
export function ledgerDigest({ subject, environment, verdicts, holds }: LedgerStatement): string {
  const sorted = verdicts
    .map(({ scan, verdict }) => [scan, verdict] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `sha256:${sha256(JSON.stringify(['seawall verdict', 1, subject, environment ?? null, sorted, holds]))}`;
}
