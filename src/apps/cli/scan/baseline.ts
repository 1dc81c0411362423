import type { Verdict } from '#policy/index.ts';
import { type Finding, type FindingDifference, findingDifference } from '#vulnerability/index.ts';
import type { JsonResult } from './schema.ts';

/** The earlier result that a scan is held against. */
export interface Baseline {
  readonly file: string;
  readonly result: JsonResult;
}

/** What differs from the baseline; only what is new or worse counted for the verdict. */
export interface AgainstBaseline extends FindingDifference {
  /** What was scanned then. */
  readonly target: string;
}

/** Reads the file that `--baseline` names; nothing without it. */
export async function baselineOf(file: string | undefined): Promise<Baseline | undefined> {
  if (file === undefined) return undefined;
  const { readMatchedResult } = await import('./read-result.ts');
  return { file, result: await readMatchedResult(file) };
}

/** Compares findings with those of the baseline. */
export function againstBaseline(findings: readonly Finding[], { result }: Baseline): AgainstBaseline {
  return { ...findingDifference(findings, result.findings), target: result.target };
}

/** The findings that count: all but those of which the baseline knows, as they were then. */
export function countedFindings(findings: readonly Finding[], { kept }: AgainstBaseline): readonly Finding[] {
  const known = new Set(kept);
  return findings.filter((finding) => !known.has(finding));
}

const longestReason = 2000;

/** The verdict, which says that it is on what the baseline has not, and how much of the baseline did not count. */
export function withBaseline(verdict: Verdict, { kept }: AgainstBaseline): Verdict {
  if (kept.length === 0) return verdict;
  const known = kept.length === 1 ? '1 finding of the baseline does' : `${kept.length} findings of the baseline do`;
  return { ...verdict, reason: `Beyond the baseline: ${verdict.reason} ${known} not count.`.slice(0, longestReason) };
}

/** How a finding stands to the baseline, in the words of results; `undefined`: it does not count at all. */
export function baselineStates(against: AgainstBaseline): ReadonlyMap<Finding, 'new' | 'worse' | 'known'> {
  const { added, worse, kept } = against;
  return new Map([
    ...added.map((finding) => [finding, 'new'] as const),
    ...worse.map((finding) => [finding, 'worse'] as const),
    ...kept.map((finding) => [finding, 'known'] as const),
  ]);
}
