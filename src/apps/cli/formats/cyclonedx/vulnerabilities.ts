import type { CvssRating, Finding, Severity } from '#vulnerability/contract.ts';
import { acceptances } from '../../scan/excepted.ts';
import type { ScanResult } from '../../scan/result.ts';
import { properties, unlessEmpty } from './property.ts';
import type { Referenced } from '../references.ts';

/** Findings as vulnerabilities: those that differ only in where they were found are one. Worst first. */
export function vulnerabilitiesOf(
  result: Pick<ScanResult, 'findings' | 'verdict'>,
  packages: readonly Referenced[],
): readonly object[] {
  const acceptanceOf = acceptances(result);
  const places = Map.groupBy(packages, ({ package: one }) => placeKey(one));
  const groups = Map.groupBy(result.findings, (finding) => JSON.stringify(statementOf(finding, acceptanceOf(finding))));
  const seen = new Map<string, number>();
  return [...groups.values()].flatMap((findings) => {
    const [first] = findings;
    if (first === undefined) return [];
    const number = (seen.get(first.id) ?? 0) + 1;
    seen.set(first.id, number);
    return {
      'bom-ref': number === 1 ? `vulnerability:${first.id}` : `vulnerability:${first.id}#${number}`,
      ...statementOf(first, acceptanceOf(first)),
      ...unlessEmpty('affects', affectsOf(findings, places)),
    };
  });
}

/** All that is said of a finding but where it is. */
function statementOf(finding: Finding, acceptance: string | undefined): object {
  const { id, aliases, summary, fixed, published, severity, score, status, kev, epss, matchedBy } = finding;
  const description = summary ?? '';
  return {
    id,
    source: { name: matchedBy.ecosystem },
    ...unlessEmpty(
      'references',
      aliases.filter((alias) => alias !== id).map((alias) => ({ id: alias, source: { name: sourceOf(alias) } })),
    ),
    ratings: ratingsOf(finding),
    ...(description === '' ? {} : { description }),
    ...(fixed === undefined ? {} : { recommendation: `Upgrade ${finding.package} to ${fixed}.` }),
    ...(published === undefined ? {} : { published }),
    ...analysisOf(finding, acceptance),
    properties: properties({
      severity,
      score,
      status,
      fixed,
      'kev:added': kev?.added,
      'kev:due': kev?.due,
      'epss:score': epss?.score,
      'epss:percentile': epss?.percentile,
      matchedBy: `${matchedBy.advisory} ${matchedBy.range}`,
      identified: matchedBy.identified?.confidence,
    }),
  };
}

/**
 * What is known of whether it counts. A finding that the distribution or a VEX document answers is none; who accepts a risk
 * says nothing about it, which gives no state.
 */
function analysisOf({ suppressed, status }: Finding, acceptance: string | undefined): object {
  if (suppressed !== undefined && acceptance === undefined) {
    const state = suppressed.kind === 'stated' ? 'not_affected' : 'false_positive';
    return { analysis: { state, detail: `${suppressed.reason} (${suppressed.by}).` } };
  }
  const accepted = acceptance === undefined ? {} : { detail: acceptance };
  if (status === 'under-investigation') return { analysis: { state: 'in_triage', ...accepted } };
  if (status === 'will-not-fix') return { analysis: { response: ['will_not_fix'], ...accepted } };
  return acceptance === undefined ? {} : { analysis: accepted };
}

/** The rating that is compared with thresholds comes first. */
function ratingsOf({ severity, severitySource, score, cvss, vendorRatings }: Finding): readonly object[] {
  const chosen = cvss.find((one) => one.source === severitySource && one.score === score);
  const word = vendorRatings.find((one) => one.source === severitySource && one.severity === severity);
  const first = {
    ...(severitySource === undefined ? {} : { source: { name: severitySource } }),
    ...(score === undefined ? {} : { score }),
    severity: severityWords[severity],
    ...(chosen === undefined ? { method: 'other' } : vectorOf(chosen)),
  };
  return [
    first,
    ...cvss
      .filter((one) => one !== chosen)
      .map((one) => ({ source: { name: one.source }, score: one.score, ...vectorOf(one) })),
    ...vendorRatings
      .filter((one) => one !== word)
      .map((one) => ({ source: { name: one.source }, severity: severityWords[one.severity], method: 'other' })),
  ];
}

function vectorOf({ version, vector }: CvssRating): object {
  return { method: cvssMethods[version], vector };
}

const cvssMethods: Readonly<Record<CvssRating['version'], string>> = {
  '2.0': 'CVSSv2',
  '3.0': 'CVSSv3',
  '3.1': 'CVSSv31',
  '4.0': 'CVSSv4',
};

/** Negligible is below Low; nobody's rating is unknown, never none. */
const severityWords: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  negligible: 'info',
  unrated: 'unknown',
};

function affectsOf(
  findings: readonly Finding[],
  places: ReadonlyMap<string, readonly Referenced[]>,
): readonly object[] {
  const affected = new Map<string, object>();
  for (const finding of findings)
    for (const { ref } of places.get(placeKey(finding)) ?? [])
      affected.set(ref, { ref, versions: versionsOf(finding) });
  return [...affected].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, entry]) => entry);
}

function versionsOf({ installed, fixed, suppressed }: Finding): readonly object[] {
  return [
    ...(installed === '' ? [] : [{ version: installed, status: isNone(suppressed) ? 'unaffected' : 'affected' }]),
    ...(fixed === undefined ? [] : [{ version: fixed, status: 'unaffected' }]),
  ];
}

/** What a user ignores is a finding all the same. */
function isNone(suppressed: Finding['suppressed']): boolean {
  return suppressed !== undefined && suppressed.kind !== 'ignored';
}

/** Copies of a package in one layer share their findings. */
function placeKey({ purl, layer }: { readonly purl: string; readonly layer: number }): string {
  return `${layer} ${purl}`;
}

function sourceOf(id: string): string {
  return id.startsWith('CVE-') ? 'CVE' : (/^[A-Za-z]+/.exec(id)?.[0] ?? 'unknown');
}
