import type { Selectable } from 'kysely';
import { imagesPlace } from '#compliance/console/index.ts';
import type { ImageDigest } from '#base/index.ts';
import type { ImportedResult, ImportTarget } from '../../../contract-imported.ts';
import type { ImportedTables } from './schema-imported.ts';

/** All that a list shows: neither the rules nor the file. */
export const importedColumns = [
  'id',
  'host',
  'image',
  'claim',
  'counts',
  'series',
  'ended_at',
  'file_name',
  'bytes',
  'sha256',
  'imported_at',
  'imported_by',
] as const;

export type ImportedRow = Pick<Selectable<ImportedTables['imported_result']>, (typeof importedColumns)[number]>;

/** After this time a scan says little about how the target stands now: benchmarks ask for one a month. */
const staleAfter = 30 * 24 * 60 * 60_000;

/** Kind of an imported result in the evidence log. No control asks about it. */
export const importedKind = 'imported';

/** What the evidence log calls a result. */
export function loggedSubject({ id, host, claim }: ImportedRow) {
  const { benchmark, profile, targets } = claim;
  const name = `${profile?.title ?? profile?.id ?? benchmark.title ?? benchmark.id} on ${targets[0] ?? ''}`;
  return { host: host ?? imagesPlace, kind: importedKind, id, name };
}

/** Which host or image a row is filed under. */
export function targetOf({ host, image }: Pick<ImportedRow, 'host' | 'image'>): ImportTarget {
  return host === null ? { kind: 'image', digest: (image ?? '') as ImageDigest } : { kind: 'host', name: host };
}

/** `host quay-1` */
export function targetWords(target: ImportTarget): string {
  return target.kind === 'host' ? `host ${target.name}` : `image ${target.digest}`;
}

/** A row as pages have it. */
export function toImported(row: ImportedRow, now: Date, name?: string): ImportedResult {
  const target = targetOf(row);
  const staleAt = new Date(row.ended_at.getTime() + staleAfter);
  return {
    ...row.claim,
    id: row.id,
    target,
    name: name ?? (target.kind === 'host' ? target.name : target.digest),
    counts: row.counts,
    file: { name: row.file_name, bytes: row.bytes, sha256: row.sha256 },
    importedAt: row.imported_at.toISOString(),
    importedBy: row.imported_by,
    age: staleAt <= now ? 'stale' : 'current',
    staleAt: staleAt.toISOString(),
  };
}
