import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import { readScanRecords, type ScanOfSubject, type ScanRecord } from '#catalog/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { Provenance } from '../contract.ts';
import { currentProvenance, layersKey } from '../current.ts';
import { type ProvenanceTables, provenanceSchema } from './schema.ts';
import { readVersions } from './trust.ts';

export type ProofRow = Selectable<ProvenanceTables['proof']>;

/** What is proven of a subject now, and a digest that is the same while that is. */
export interface CurrentProvenance {
  readonly provenance: Provenance;
  readonly key: string;
}

/** An image, and the scan by which it is judged; missing: nobody is believed about it. */
export type ScannedSubject = Pick<ScanOfSubject, 'subject'> & Partial<ScanOfSubject>;

/**
 * What is proven of subjects by what is trusted now; those that nobody looked for among them. What rests on the
 * layers that a scan told holds for scans that tell the same layers.
 */
export async function readProvenance(
  queries: Queries,
  scans: readonly ScannedSubject[],
): Promise<(of: ScannedSubject) => CurrentProvenance> {
  const versions = await readVersions(queries);
  const subjects = [...new Set(scans.map(({ subject }) => subject))];
  const rows = await queries
    .query(provenanceSchema)
    .selectFrom('proof')
    .select(['subject', 'stored'])
    .where('subject', '=', sql<SubjectId>`any(${subjects}::text[])`)
    .execute();
  const stored = new Map(rows.map((row) => [row.subject, row.stored]));
  const reported = scans.flatMap(({ scan, subject }) =>
    scan === undefined || stored.get(subject)?.layersBy === undefined ? [] : [scan],
  );
  const records = reported.length === 0 ? new Map<ScanId, ScanRecord>() : await readScanRecords(queries, reported);
  const unlooked = keyed(currentProvenance(undefined, versions, undefined));
  return ({ scan, subject }) => {
    const own = stored.get(subject);
    if (own === undefined) return unlooked;
    return keyed(currentProvenance(own, versions, layersKey(scan && records.get(scan)?.layers)));
  };
}

export function keyed(provenance: Provenance): CurrentProvenance {
  const { lookedAt: _, ...found } = provenance;
  return { provenance, key: createHash('sha256').update(JSON.stringify(found)).digest('base64url') };
}

export async function readProof(queries: Queries, subject: SubjectId): Promise<ProofRow | undefined> {
  return await queries
    .query(provenanceSchema)
    .selectFrom('proof')
    .selectAll()
    .where('subject', '=', subject)
    .executeTakeFirst();
}

export async function storeProof(transaction: Transaction, row: ProofRow): Promise<void> {
  const { subject, stored, ...rest } = row;
  const values = { ...rest, stored: JSON.stringify(stored) };
  await transaction
    .query(provenanceSchema)
    .insertInto('proof')
    .values({ subject, ...values })
    .onConflict((on) => on.column('subject').doUpdateSet(values))
    .execute();
}

/** Subjects that are to be looked for again by now, those that have waited longest first. */
export async function dueSubjects(queries: Queries, now: Date, limit: number): Promise<readonly SubjectId[]> {
  const rows = await queries
    .query(provenanceSchema)
    .selectFrom('proof')
    .select('subject')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map(({ subject }) => subject);
}

/** Subjects of these that were never looked for. */
export async function unlookedSubjects(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<readonly SubjectId[]> {
  const rows = await queries.query(provenanceSchema).selectFrom('proof').select('subject').execute();
  const known = new Set(rows.map(({ subject }) => subject));
  return subjects.filter((subject) => !known.has(subject));
}

/** After a change of what is trusted. */
export async function allDue(transaction: Transaction, now: Date): Promise<void> {
  await transaction.query(provenanceSchema).updateTable('proof').set({ due_at: now, attempts: 0 }).execute();
}
