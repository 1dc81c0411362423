import type { Package } from '#catalog/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import { plainJson } from '../../plain.ts';
import { exceptions } from '../../scan/excepted.ts';
import type { ResultFormat, ScanResult } from '../../scan/result.ts';
import { advisoryPage } from '../advisory-page.ts';
import type { BillSource } from '../bill-source.ts';
import { documentOf, type SpdxFindings } from './document.ts';
import { faultNotes } from './faults.ts';

/**
 * SPDX 2.3 as JSON: the packages, and the findings that count as references to their advisories. What has no field in the
 * format (verdict, faults, findings that do not count) stands in annotations of the document.
 */
export const spdx: ResultFormat = {
  id: 'spdx',
  version: 1,
  summary: 'SPDX 2.3: the packages, with references to the advisories of their findings.',
  render: (result, { now, sourceDate }) => textOf({ ...result, moment: sourceDate ?? now }, findingsOf(result)),
};

/** The packages alone, which needs no vulnerability database. */
export function packagesOnly(source: BillSource): string {
  return textOf(source, { of: () => [], notes: faultNotes(source.catalog) });
}

function textOf(source: BillSource, findings: SpdxFindings): string {
  return `${plainJson(JSON.stringify(documentOf(source, findings), undefined, 2))}\n`;
}

function findingsOf(result: ScanResult): SpdxFindings {
  const { verdict, database, judgedBy, findings, feeds } = result;
  const isExcepted = exceptions(result);
  const counted = findings.filter((finding) => finding.suppressed === undefined && !isExcepted(finding));
  const places = Map.groupBy(counted, placeOf);
  const isMatched = database !== undefined || judgedBy.kind === 'console';
  return {
    of: (one) => (places.get(placeOf(one)) ?? []).map(referenceOf),
    notes: [
      `seawall:verdict ${verdict.kind}: ${verdict.reason}`,
      `seawall:vulnerabilities ${isMatched ? 'matched' : 'not-matched'}`,
      ...feeds.map(({ ecosystem, asOf }) => `seawall:feed ${ecosystem} ${asOf ?? 'of unknown age'}`),
      ...faultNotes(result.catalog),
      ...findings.flatMap((finding) => {
        const why = isExcepted(finding) ? 'an exception keeps it from counting' : finding.suppressed?.reason;
        return why === undefined ? [] : [`seawall:not-counted ${finding.id} in ${finding.purl}: ${why}`];
      }),
    ],
  };
}

function referenceOf({ id, severity, score, fixed, status }: Finding): object {
  const rating = score === undefined ? severity : `${severity} (${score.toFixed(1)})`;
  const change = fixed === undefined ? `no fixed version is known (${status})` : `fixed in ${fixed}`;
  return {
    referenceCategory: 'SECURITY',
    referenceType: 'advisory',
    referenceLocator: advisoryPage(id),
    comment: `${id}: ${rating}, ${change}`,
  };
}

function placeOf({ purl, layer }: Pick<Package, 'purl' | 'layer'>): string {
  return `${layer} ${purl}`;
}
