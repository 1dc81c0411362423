import { packageOfPurl } from '#ecosystems/contract.ts';
import type { Upgrade } from '#explorer/contract.ts';
import type { Verdict, Violation } from '#policy/contract.ts';
import { counted } from '../../ui/format.ts';

/** One upgrade, and how many violations of the verdict it removes. */
export interface Step {
  readonly upgrade: Upgrade & { readonly to: string };
  readonly removes: number;
}

/** Violations of one rule with one remedy: the first of them, and how many there are. */
export interface BrokenRule {
  readonly first: Violation;
  readonly count: number;
}

/** A verdict's violations, ordered by what removes them. */
export interface Plan {
  /** Broken rules that no upgrade touches: incomplete scans, stale feeds. */
  readonly rules: readonly BrokenRule[];
  /** The same of rules that only alert. */
  readonly alerts: readonly BrokenRule[];
  /** Upgrades that remove violations, those that remove the most risk first. */
  readonly steps: readonly Step[];
  /** Violations by a finding without a known fix. */
  readonly withoutFix: readonly Violation[];
  /** Upgrades that the verdict does not ask for. */
  readonly further: readonly Step[];
}

/** Puts each violation under the one upgrade that removes it. None is lost: what nothing removes stands apart. */
export function planOf(verdict: Verdict | undefined, upgrades: readonly Upgrade[]): Plan {
  const steps = upgrades.flatMap((upgrade) => {
    const { to } = upgrade;
    return to === undefined ? [] : [{ upgrade: { ...upgrade, to }, removed: new Set<Violation>() }];
  });
  const rules: Violation[] = [];
  const withoutFix: Violation[] = [];
  for (const violation of verdict?.violations ?? []) {
    const { finding } = violation;
    if (finding === undefined) {
      rules.push(violation);
      continue;
    }
    const name = packageOfPurl(finding.purl);
    const step =
      finding.fixed === undefined
        ? undefined
        : steps.find(({ upgrade }) => upgrade.package === name && upgrade.findings.includes(finding.id));
    if (step === undefined) withoutFix.push(violation);
    else step.removed.add(violation);
  }
  const counted = steps.map(({ upgrade, removed }) => ({ upgrade, removes: removed.size }));
  return {
    rules: groupRules(rules.filter(({ effect }) => effect !== 'alert')),
    alerts: groupRules(rules.filter(({ effect }) => effect === 'alert')),
    steps: counted.filter((step) => step.removes > 0),
    withoutFix,
    further: counted.filter((step) => step.removes === 0 && step.upgrade.removes > 0),
  };
}

function groupRules(violations: readonly Violation[]): readonly BrokenRule[] {
  const groups = Map.groupBy(violations, (one) => `${one.rule} ${one.effect} ${one.remedy}`);
  return [...groups.values()].flatMap(([first, ...others]) => (first ? [{ first, count: others.length + 1 }] : []));
}

/** What stands behind a verdict, in a few words: the verdict's own sentence names the worst of each and may be long. */
export function shortReason(verdict: Verdict): string {
  const withheld = verdict.violations.filter((one) => one.effect !== 'alert');
  const parts = reasons.flatMap(([rule, words]) => {
    const number = withheld.filter((one) => one.rule === rule).length;
    return number === 0 ? [] : [words(number)];
  });
  return parts.length === 0 ? verdict.reason : `${parts.join('; ')}.`;
}

const reasons: readonly (readonly [Violation['rule'], (number: number) => string])[] = [
  ['unscanned', () => 'It was never scanned and matched in full'],
  ['incomplete-scan', (number) => `The scan did not see everything, for ${counted(number, 'reason')}`],
  ['not-judged', (number) => `${counted(number, 'reason keeps', 'reasons keep')} packages from being judged`],
  ['stale-feed', (number) => `${counted(number, 'feed is', 'feeds are')} too old`],
  ['trusted-source', () => 'It is not proven to come from where it may'],
  ['signature', () => 'It is not proven to be signed as it must be'],
  ['approved-base', () => 'It is not proven to be built on an approved base'],
  ['severity', (number) => `${counted(number, 'finding reaches', 'findings reach')} the limit`],
];
