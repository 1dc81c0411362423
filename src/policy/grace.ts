import type { JudgedFinding } from './facts.ts';
import type { SettingOf } from './rule.ts';

type Grace = NonNullable<SettingOf<'severity'>['grace']>;

const day = 24 * 60 * 60_000;

/** Fix notices of vendors: they come out with the fix, so their date is the fix's. */
const notice =
  /^(?:DSA|DLA|DTSA|ELA|USN|RHSA|RHBA|RHEA|ALSA|ALBA|ALEA|RLSA|RXSA|ELSA|SUSE-[A-Z]+|openSUSE-SU|ALAS\d*)-/;

/**
 * When the days of grace of a finding end, or `undefined` when it has none: there is no fix yet, the rule gives it no
 * days, or nothing tells when the fix came out.
 */
export function graceEnd(finding: JudgedFinding, grace: Grace | undefined, now: Date): Date | undefined {
  if (grace === undefined || finding.fixed === undefined) return undefined;
  const days = daysFor(finding, grace);
  const fixedAt = Math.min(fixDate(finding), now.getTime());
  return days === 0 || Number.isNaN(fixedAt) ? undefined : new Date(fixedAt + days * day);
}

/** Days that are left, begun ones counted. */
export function daysLeft(end: Date, now: Date): number {
  return Math.ceil((end.getTime() - now.getTime()) / day);
}

/** Whether the finding's own date is its fix's. */
export function tellsFixDate({ matchedBy, published }: Pick<JudgedFinding, 'matchedBy' | 'published'>): boolean {
  return published !== undefined && notice.test(matchedBy.advisory);
}

function fixDate(finding: JudgedFinding): number {
  const { published, fixSeen } = finding;
  return Date.parse((tellsFixDate(finding) ? published : (fixSeen ?? published)) ?? '');
}

function daysFor({ severity }: JudgedFinding, grace: Grace): number {
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
