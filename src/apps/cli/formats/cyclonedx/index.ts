import { plainJson } from '../../plain.ts';
import type { ResultFormat, ScanResult } from '../../scan/result.ts';
import type { BillSource } from '../bill-source.ts';
import { billOf, type SpecVersion } from './document.ts';
import { properties } from './property.ts';
import { vulnerabilitiesOf } from './vulnerabilities.ts';

/** CycloneDX 1.6: components, and the vulnerabilities that were found in them with what is known of each. */
export const cyclonedx: ResultFormat = {
  id: 'cyclonedx',
  version: 1,
  summary: 'CycloneDX 1.6: the components and the vulnerabilities found in them.',
  render: (result, { now, sourceDate }) => textOf(billWithFindings(result, sourceDate ?? now, '1.6')),
};

/** The same as CycloneDX 1.7, for readers that want it. */
export const cyclonedx17: ResultFormat = {
  id: 'cyclonedx-1.7',
  version: 1,
  summary: 'CycloneDX 1.7: as cyclonedx, in the newer form.',
  render: (result, { now, sourceDate }) => textOf(billWithFindings(result, sourceDate ?? now, '1.7')),
};

/** The components alone, which needs no vulnerability database. */
export function componentsOnly(source: BillSource, specVersion: SpecVersion = '1.6'): string {
  return textOf(billOf(source, specVersion));
}

function billWithFindings(result: ScanResult, moment: Date, specVersion: SpecVersion): object {
  const { verdict, database, feeds } = result;
  return billOf({ ...result, moment }, specVersion, {
    vulnerabilities: (packages) => vulnerabilitiesOf(result, packages),
    facts: [
      ...properties({
        // A list without findings says nothing unless something was compared.
        vulnerabilities: database === undefined && result.judgedBy.kind === 'this-machine' ? 'not-matched' : 'matched',
        verdict: verdict.kind,
        reason: verdict.reason,
        'database:builtAt': database?.builtAt,
      }),
      ...feeds.flatMap(({ ecosystem, asOf }) => properties({ feed: `${ecosystem} ${asOf ?? 'of unknown age'}` })),
    ],
  });
}

function textOf(bill: object): string {
  return `${plainJson(JSON.stringify(bill, undefined, 2))}\n`;
}
