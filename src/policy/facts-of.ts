import type { Catalog } from '#catalog/index.ts';
import type { Subject } from '#image/index.ts';
import type { FeedAge, Finding } from '#vulnerability/index.ts';
import type { PolicyFacts, PolicyFinding } from './facts.ts';
import { reportsFixDate } from './grace.ts';
import { policyImage } from './policy-image.ts';

/** What a scan says, and when. */
interface ScannedSubject {
  readonly document: Subject;
  readonly catalog: Pick<Catalog, 'distribution' | 'packages' | 'faults'>;
  readonly scannedAt: string;
  readonly receivedAt: string;
}

/** What matching it gave, but for the findings. */
interface MatchedSubject {
  readonly databaseBuiltAt: string;
  readonly feeds: readonly FeedAge[];
  readonly faults: Catalog['faults'];
}

/** Facts of a scan that was matched. The scanner's clock is not trusted to be behind ours. */
export function factsOf(
  scan: ScannedSubject,
  match: MatchedSubject,
  found: Pick<PolicyFacts, 'findings' | 'checks'>,
): PolicyFacts {
  const scannedAt = Date.parse(scan.scannedAt) < Date.parse(scan.receivedAt) ? scan.scannedAt : scan.receivedAt;
  return {
    scan: { state: 'done', scannedAt, faults: [...scan.catalog.faults, ...match.faults] },
    database: { state: 'ready', builtAt: match.databaseBuiltAt, feeds: match.feeds },
    image: policyImage(scan.document, scan.catalog),
    ...found,
  };
}

/** A finding without what no rule asks for. */
export function slim(finding: Finding): PolicyFinding {
  const { cvss: _cvss, vendorRatings: _ratings, risk, summary: _summary, matchedBy, ...rest } = finding;
  return { ...rest, rank: risk.score, matchedBy: { advisory: matchedBy.advisory, scheme: matchedBy.scheme } };
}

/** Whether only a console can tell when its fix appeared. */
export function needsDate(finding: PolicyFinding): boolean {
  return finding.fixed !== undefined && !reportsFixDate(finding);
}
