import type { Upgrade } from '#explorer/contract.ts';
import type { Verdict, Violation } from '#policy/contract.ts';
import { packageOfPurl } from './purl.ts';

/** One upgrade, and how many violations of the verdict it removes. */
export interface Step {
  readonly upgrade: Upgrade & { readonly to: string };
  readonly removes: number;
}

/** A verdict's violations, ordered by what removes them. */
export interface Plan {
  /** Broken rules that no upgrade touches: incomplete scans, stale feeds. */
  readonly rules: readonly Violation[];
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
    rules,
    steps: counted.filter((step) => step.removes > 0),
    withoutFix,
    further: counted.filter((step) => step.removes === 0 && step.upgrade.removes > 0),
  };
}
