import { severities } from '#vulnerability/contract.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { SeverityCounts } from '../contract.ts';

const noCounts: SeverityCounts = {
  critical: 0,
  high: 0,
  medium: 0,
  low: 0,
  negligible: 0,
  unrated: 0,
  suppressed: 0,
};

/** Counts findings by severity, and those that no rule counts apart. */
export function countFindings(findings: Iterable<Pick<Finding, 'severity' | 'suppressed'>>): SeverityCounts {
  const counts = { ...noCounts };
  for (const finding of findings) counts[finding.suppressed === undefined ? finding.severity : 'suppressed']++;
  return counts;
}

/** One line of a `group by suppressed, severity`. */
export interface CountedGroup {
  readonly suppressed: boolean;
  readonly severity: number;
  readonly count: number;
}

export function countsFromGroups(groups: readonly CountedGroup[]): SeverityCounts {
  const counts = { ...noCounts };
  for (const group of groups) {
    const severity = severities[group.severity];
    if (group.suppressed) counts.suppressed += group.count;
    else if (severity !== undefined) counts[severity] += group.count;
  }
  return counts;
}

/** Rows of a list under a severity and suppression, out of groups that were counted without them. */
export function totalOfGroups(
  groups: readonly CountedGroup[],
  wanted: { readonly severity?: Finding['severity'] | undefined; readonly suppressed: boolean },
): number {
  return groups
    .filter((group) => group.suppressed === wanted.suppressed)
    .filter((group) => wanted.severity === undefined || severities[group.severity] === wanted.severity)
    .reduce((sum, group) => sum + group.count, 0);
}
