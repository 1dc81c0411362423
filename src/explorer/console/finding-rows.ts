import { createHash } from 'node:crypto';
import type { SubjectId } from '#base/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { Finding } from '#vulnerability/index.ts';
import { searchText, storable, storableJson } from './search.ts';
import type { FindingTable } from './tables.ts';

/** A finding with the row it is found by, and its text as it is kept. */
export interface FindingEntry {
  readonly finding: Finding;
  readonly row: FindingTable;
  readonly text: string;
}

/** One entry for each different finding. */
export function findingRows(subject: SubjectId, findings: readonly Finding[]): readonly FindingEntry[] {
  const entries = new Map<string, FindingEntry>();
  for (const finding of findings) {
    const text = storableJson(finding);
    const key = keyOf(text);
    if (!entries.has(key)) entries.set(key, { finding, row: rowOf(subject, key, finding), text });
  }
  return [...entries.values()];
}

/** 128 bits of the finding's SHA-256, in the form that PostgreSQL keeps in 16 bytes. */
function keyOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function rowOf(subject: SubjectId, key: string, finding: Finding): FindingTable {
  return {
    subject,
    key,
    id: storable(finding.id),
    package: storable(finding.package),
    type: finding.type,
    installed: storable(finding.installed),
    fixed: finding.fixed === undefined ? null : storable(finding.fixed),
    severity: severities.indexOf(finding.severity),
    score: finding.score ?? null,
    risk: finding.risk.score,
    epss: finding.epss?.score ?? null,
    kev: finding.kev !== undefined,
    layer: finding.layer,
    suppressed: finding.suppressed !== undefined,
    search: searchText([finding.id, ...finding.aliases, finding.package]),
  };
}
