import type { PolicyInPlace, VerdictKind } from '../contract.ts';
import type { CountedJudging } from './visible.ts';

type Hits = PolicyInPlace['hits'];

const weight: Readonly<Record<VerdictKind, number>> = { pass: 0, 'cannot-judge': 1, fail: 2 };

/** Subjects by their worst verdict, and all violations. */
export function hitsOf(judgings: readonly Pick<CountedJudging, 'subject' | 'kind' | 'violations'>[]): Hits {
  const worst = new Map<string, VerdictKind>();
  let violations = 0;
  for (const { subject, kind, violations: broken } of judgings) {
    const known = worst.get(subject);
    if (known === undefined || weight[kind] > weight[known]) worst.set(subject, kind);
    violations += broken;
  }
  const count = (kind: VerdictKind): number => [...worst.values()].filter((one) => one === kind).length;
  return { pass: count('pass'), fail: count('fail'), cannotJudge: count('cannot-judge'), violations };
}
