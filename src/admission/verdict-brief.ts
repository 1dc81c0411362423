import type { Verdict } from '#policy/index.ts';

/** What admission says of a verdict: the first of what breaks it, and what removes that. */
export interface VerdictBrief {
  readonly kind: Verdict['kind'];
  /** Name of the policy that judged. */
  readonly policy: string;
  /** At most five sentences, the deciding ones first. */
  readonly evidence: readonly string[];
  /** The exact change that removes the first of them; missing: nothing is broken. */
  readonly remedy?: string;
  /** What decides besides the first. */
  readonly more: number;
  /** The worst that a compliance rule says of it, and how many are as bad; missing: it says nothing. */
  readonly compliance?: {
    readonly effect: 'alert' | 'block';
    readonly message: string;
    readonly remedy: string;
    readonly more: number;
  };
}

const mostEvidence = 5;

export function briefOf({ kind, policy, violations }: Verdict): VerdictBrief {
  const deciding = kind === 'fail' ? 'block' : 'cannot-judge';
  const first = violations.filter(({ effect }) => effect === deciding);
  const others = violations.filter(({ effect }) => effect !== deciding);
  const [leading] = first;
  return {
    kind,
    policy: policy.name,
    evidence: [...first, ...others].slice(0, mostEvidence).map(({ message }) => message),
    ...(leading === undefined ? {} : { remedy: leading.remedy }),
    more: Math.max(0, first.length - 1),
    ...complianceOf(violations),
  };
}

function complianceOf(violations: Verdict['violations']): Pick<VerdictBrief, 'compliance'> {
  const own = violations.filter(({ rule }) => rule === 'compliance');
  const effect = (['block', 'alert'] as const).find((one) => own.some((violation) => violation.effect === one));
  const [worst, ...others] = own.filter((violation) => violation.effect === effect);
  if (effect === undefined || worst === undefined) return {};
  const { message, remedy } = worst;
  return { compliance: { effect, message, remedy, more: others.length } };
}
