import type { Policy, Violation } from './contract.ts';
import type { PolicyFacts, PolicyFinding } from './facts.ts';
import type { SettingOf } from './rule.ts';
import { nameThreshold, reaches } from './threshold.ts';

type Limit = SettingOf<'severity'>;

/** Every finding that is not suppressed once, by what the limits of a policy make of it. */
export interface Tally {
  /** Limits that block, or those that alert where none blocks: `High`, `High or CVSS 9.0`. Missing: there is none. */
  readonly limit?: string;
  /** Limits that only alert, beside those that block. */
  readonly alertLimit?: string;
  readonly all: number;
  readonly suppressed: number;
  readonly blocking: number;
  /** Reach the limit, have no fix, and the limit counts only what has one. */
  readonly unfixed: number;
  /** The same of what nobody has rated. */
  readonly unfixedUnrated: number;
  /** Not rated, and the limit ignores what is not rated. */
  readonly ignoredUnrated: number;
  readonly inGrace: number;
  /** When the first of them blocks. */
  readonly firstGraceEnd?: string;
  readonly alerting: number;
  readonly alertingUnrated: number;
  readonly excepted: number;
  /** Reach no limit. */
  readonly below: number;
}

interface Counted {
  readonly violations: readonly Violation[];
  readonly rules: Policy['rules'];
  readonly excepted: number;
}

/** Counts the findings of `facts`, which holds those that no exception speaks for. */
export function tallyOf({ findings }: PolicyFacts, { violations, rules, excepted }: Counted): Tally {
  const limits = limitsOf(rules);
  const counted = findings.filter(({ suppressed }) => suppressed === undefined);
  const groups = Map.groupBy(counted, (finding) => groupOf(finding, limits));
  const sizeOf = (group: Group): number => groups.get(group)?.length ?? 0;
  const graceEnds = violations.flatMap(({ graceUntil }) => graceUntil ?? []).toSorted();
  const blocking = violations.filter(({ rule, effect }) => rule === 'severity' && effect === 'block').length;
  const alertsUnrated = violations.filter(isUnratedAlert).length;
  const [limit, alertLimit] = [namesOf(limits.main), namesOf(limits.others)];
  const [firstGraceEnd] = graceEnds;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(alertLimit === undefined ? {} : { alertLimit }),
    ...(firstGraceEnd === undefined ? {} : { firstGraceEnd }),
    all: counted.length + excepted,
    suppressed: findings.length - counted.length,
    blocking,
    unfixed: sizeOf('unfixed'),
    unfixedUnrated: sizeOf('unfixed, unrated'),
    ignoredUnrated: sizeOf('ignored, unrated'),
    inGrace: graceEnds.length,
    alerting: Math.max(0, sizeOf('reaching') - blocking - graceEnds.length - alertsUnrated),
    alertingUnrated: alertsUnrated,
    excepted,
    below: sizeOf('below'),
  };
}

interface Limits {
  readonly main: readonly Limit[];
  readonly others: readonly Limit[];
}

function limitsOf(rules: Policy['rules']): Limits {
  const all = rules.filter((rule) => rule.kind === 'severity').filter(({ effect }) => effect !== 'ignore');
  const blocking = all.filter(({ effect }) => effect === 'block');
  return blocking.length === 0
    ? { main: all, others: [] }
    : { main: blocking, others: all.filter(({ effect }) => effect !== 'block') };
}

function namesOf(limits: readonly Limit[]): string | undefined {
  const names = new Set(limits.map(({ threshold }) => nameThreshold(threshold)));
  return names.size === 0 ? undefined : [...names].join(' or ');
}

type Group = 'reaching' | 'unfixed' | 'unfixed, unrated' | 'ignored, unrated' | 'below';

/** What a limit leaves out is told as such, also where one that alerts speaks of it. */
function groupOf(finding: PolicyFinding, { main, others }: Limits): Group {
  const isUnrated = finding.severity === 'unrated';
  if (main.some((limit) => counts(finding, limit))) return 'reaching';
  if (main.some((limit) => isAtLimit(finding, limit))) return isUnrated ? 'unfixed, unrated' : 'unfixed';
  if (others.some((limit) => counts(finding, limit))) return 'reaching';
  return isUnrated && main.length > 0 ? 'ignored, unrated' : 'below';
}

function counts(finding: PolicyFinding, limit: Limit): boolean {
  return isAtLimit(finding, limit) && !(limit.onlyFixed && finding.fixed === undefined);
}

function isAtLimit(finding: PolicyFinding, { threshold, unrated }: Limit): boolean {
  return finding.severity === 'unrated' ? unrated !== 'ignore' : reaches(finding, threshold);
}

function isUnratedAlert({ rule, effect, graceUntil, finding }: Violation): boolean {
  return rule === 'severity' && effect === 'alert' && graceUntil === undefined && finding?.severity === 'unrated';
}
