import type { VerdictKind } from './contract.ts';

/** What decides which of several verdicts holds. */
export interface Weighed {
  readonly kind: VerdictKind;
  /** A verdict that passes with violations passes with alerts. */
  readonly violations: number;
  readonly scan: string;
}

/** The verdict that holds where several scans count: fail, then cannot judge, then pass with alerts, then pass. */
export function holdingVerdict<Verdict extends Weighed>(verdicts: readonly Verdict[]): Verdict | undefined {
  return verdicts.toSorted((left, right) => weightOf(left) - weightOf(right) || (left.scan < right.scan ? -1 : 1))[0];
}

function weightOf({ kind, violations }: Weighed): number {
  switch (kind) {
    case 'fail':
      return 0;
    case 'cannot-judge':
      return 1;
    case 'pass':
      return violations > 0 ? 2 : 3;
  }
}
