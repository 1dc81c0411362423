import type { PolicyFinding } from './facts.ts';
import type { SettingOf } from './rule.ts';

type Grace = NonNullable<SettingOf<'severity'>['grace']>;

const day = 24 * 60 * 60_000;

/**
 * When the days of grace of a finding end, or `undefined` when it has none: there is no fix yet, the rule gives it no
 * days, or nothing tells when the fix came out.
 */
export function graceEnd(finding: PolicyFinding, grace: Grace | undefined, now: Date): Date | undefined {
  if (grace === undefined || finding.fixed === undefined) return undefined;
  const days = daysFor(finding, grace);
  const fixedAt = Math.min(fixDate(finding), now.getTime());
  return days === 0 || Number.isNaN(fixedAt) ? undefined : new Date(fixedAt + days * day);
}

/** Days that are left, begun ones counted. */
export function daysLeft(end: Date, now: Date): number {
  return Math.ceil((end.getTime() - now.getTime()) / day);
}

/** Whether the feeds tell when the fix came out. */
export function reportsFixDate({ fixPublished }: Pick<PolicyFinding, 'fixPublished'>): boolean {
  return fixPublished !== undefined;
}

/**
 * The fix notice's date, else the day on which a console saw the fix appear, else the advisory's own date. The advisory is
 * never younger than its fix would need: a vulnerability published years ago has no days of grace on a new console.
 */
function fixDate({ fixPublished, fixAppeared, published }: PolicyFinding): number {
  return Date.parse(fixPublished ?? fixAppeared ?? published ?? '');
}

function daysFor({ severity }: PolicyFinding, grace: Grace): number {
  switch (severity) {
    case 'critical':
    case 'high':
    case 'medium':
    case 'low':
      return grace[severity] ?? grace.other;
    case 'negligible':
    case 'unrated':
      return grace.other;
    default:
      return severity satisfies never;
  }
}
