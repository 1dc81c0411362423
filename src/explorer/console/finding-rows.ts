import { severities } from '#vulnerability/contract.ts';
import type { Finding } from '#vulnerability/index.ts';
import { pointsWithoutContext, vectorsOf } from '../risk-in-context.ts';
import { digestOf } from './digest.ts';
import { searchText, storable, storableJson } from './search.ts';
import type { FindingTable } from './tables.ts';

/** A finding with the key that all who say just the same share, and its text as it is kept. */
export interface FindingEntry {
  readonly finding: Finding;
  readonly key: string;
  readonly text: string;
}

/** One entry for each different finding. */
export function findingEntries(findings: readonly Finding[]): readonly FindingEntry[] {
  const entries = new Map<string, FindingEntry>();
  for (const finding of findings) {
    const text = storableJson(finding);
    const key = digestOf(text);
    if (!entries.has(key)) entries.set(key, { finding, key, text });
  }
  return [...entries.values()];
}

/** What findings of the same vulnerability share; digests, since a vulnerability is asked for by its parts and joined by this. */
export function vulnerabilityKey(vulnerability: Pick<Finding, 'id' | 'package' | 'type'>): string {
  return digestOf(JSON.stringify([storable(vulnerability.id), storable(vulnerability.package), vulnerability.type]));
}

/** What one upgrade changes. */
export function componentKey(thing: Pick<Finding, 'type' | 'package' | 'installed' | 'layer'>): string {
  return digestOf(JSON.stringify([thing.type, storable(thing.package), storable(thing.installed), thing.layer]));
}

/** The columns that a finding is found, ordered and summed by. */
export function findingColumns({ key, finding }: FindingEntry): Omit<FindingTable, 'document'> {
  return {
    key,
    vulnerability: vulnerabilityKey(finding),
    id: storable(finding.id),
    package: storable(finding.package),
    type: finding.type,
    installed: storable(finding.installed),
    fixed: finding.fixed === undefined ? null : storable(finding.fixed),
    severity: severities.indexOf(finding.severity),
    score: finding.score ?? null,
    epss: finding.epss?.score ?? null,
    kev: finding.kev !== undefined,
    layer: finding.layer,
    purl: storable(finding.purl),
    component: componentKey(finding),
    suppressed: finding.suppressed !== undefined,
    rest: pointsWithoutContext(finding),
    vectors: vectorsOf(finding),
    search: searchText([finding.id, ...finding.aliases, finding.matchedBy.advisory, finding.package]),
  };
}
