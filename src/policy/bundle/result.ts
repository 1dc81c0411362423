import type { Recomputed } from './recompute.ts';
import type { BundleParts } from './schema.ts';

/** What a bundle says comes out of its other parts. */
export function resultOf({ verdicts, holding }: Recomputed): BundleParts['result'] {
  type Scan = BundleParts['result']['holds'];
  return {
    verdicts: verdicts.map(({ scan, kind, violations, verdict }) => ({
      scan: scan as Scan,
      kind,
      violations,
      verdict,
    })),
    holds: holding.scan as Scan,
    verdict: holding.json,
  };
}
