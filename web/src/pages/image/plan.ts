import { packageOfPurl } from '#ecosystems/contract.ts';
import type { Upgrade } from '#explorer/contract.ts';
import type { Verdict, Violation } from '#policy/contract.ts';
import { counted } from '../../ui/format.ts';

/** One upgrade, and how many violations of the verdict it fixes. */
export interface Step {
  readonly upgrade: Upgrade & { readonly to: string };
  /** All packages that it updates: an operating system builds several from one source. */
  readonly packages: readonly string[];
  /** Findings that it fixes in each of them, in the same order. */
  readonly fixes: readonly number[];
  readonly removes: number;
  /** When the first of its violations blocks, where they only alert until then. */
  readonly blocksAt?: string;
}

/** Everything that a newer base fixes. */
export interface Rebuild {
  readonly steps: readonly Step[];
  readonly findings: number;
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
  /** Upgrades in layers of the proven base: they come with a newer one, and with nothing else that lasts. */
  readonly rebuild?: Rebuild;
  /** Upgrades that fix violations, those that lower the risk most first. */
  readonly steps: readonly Step[];
  /** Violations by a finding without a known fix. */
  readonly withoutFix: readonly Violation[];
  /** Upgrades that the verdict does not ask for. */
  readonly further: readonly Step[];
}

/**
 * Puts each violation under the one upgrade that fixes it. None is lost: what nothing fixes stands apart. `baseLayers`:
 * number of the image's lowest layers that are proven to be those of a base.
 */
export function planOf(verdict: Verdict | undefined, upgrades: readonly Upgrade[], baseLayers = 0): Plan {
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
  const counted = together(steps.map(toStep));
  const own = counted.filter(({ upgrade }) => upgrade.layer >= baseLayers);
  const base = counted.filter(({ upgrade }) => upgrade.layer < baseLayers && upgrade.removes > 0);
  return {
    rules: groupRules(rules.filter(({ effect }) => effect !== 'alert')),
    alerts: groupRules(rules.filter(({ effect }) => effect === 'alert')),
    ...(base.length === 0 ? {} : { rebuild: rebuildOf(base) }),
    steps: own.filter((step) => step.removes > 0),
    withoutFix,
    further: own.filter((step) => step.removes === 0 && step.upgrade.removes > 0),
  };
}

function toStep({ upgrade, removed }: { readonly upgrade: Step['upgrade']; readonly removed: Set<Violation> }): Step {
  const [blocksAt] = [...removed].flatMap(({ graceUntil }) => graceUntil ?? []).toSorted();
  const packages = [upgrade.package];
  const fixes = [upgrade.removes];
  return { upgrade, packages, fixes, removes: removed.size, ...(blocksAt === undefined ? {} : { blocksAt }) };
}

function rebuildOf(steps: readonly Step[]): Rebuild {
  return {
    steps,
    findings: steps.reduce((sum, { upgrade }) => sum + upgrade.removes, 0),
    removes: steps.reduce((sum, { removes }) => sum + removes, 0),
  };
}

/** Names that a command takes as they are. */
const plainName = /^[\w.+:@/-]+$/;

/** Packages that are built from one source, and go to one version in one layer, are one step. */
function together(steps: readonly Step[]): readonly Step[] {
  const groups = Map.groupBy(steps, (step) => {
    const { type, source, package: name, to, installed, layer } = step.upgrade;
    const alone = source === undefined || !plainName.test(name);
    return JSON.stringify(alone ? [type, name, installed, layer, 'alone'] : [type, source, installed, to, layer]);
  });
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    return [others.reduce(joined, first)];
  });
}

function joined(one: Step, other: Step): Step {
  const [blocksAt] = [one.blocksAt ?? [], other.blocksAt ?? []].flat().toSorted();
  const { upgrade } = one;
  return {
    upgrade: {
      ...upgrade,
      removes: upgrade.removes + other.upgrade.removes,
      remains: upgrade.remains + other.upgrade.remains,
      findings: [...new Set([...upgrade.findings, ...other.upgrade.findings])],
    },
    packages: [...one.packages, ...other.packages],
    fixes: [...one.fixes, ...other.fixes],
    removes: one.removes + other.removes,
    ...(blocksAt === undefined ? {} : { blocksAt }),
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
  ['unscanned', () => 'Not scanned completely'],
  ['incomplete-scan', (number) => `The scan is incomplete, for ${counted(number, 'reason')}`],
  ['not-judged', (number) => `Some packages are not compared with advisories, for ${counted(number, 'reason')}`],
  ['stale-feed', (number) => `${counted(number, 'feed is', 'feeds are')} too old`],
  ['trusted-source', () => 'Not proven to come from a trusted source'],
  ['signature', () => 'Not proven to be signed as required'],
  ['approved-base', () => 'Not proven to be built on an approved base'],
  ['severity', (number) => `${counted(number, 'finding reaches', 'findings reach')} the limit`],
];
