import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import { placementsOf } from '#inventory/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { type ScanOfSubject, voiceChanged } from './facts.ts';
import { catalogSchema } from './schema.ts';
import { speakingScan, type WitnessedScan } from './speaking-scan.ts';
import type { Witness } from './witness.ts';

/** Works out which scan speaks for a subject now, and announces it when it is another. Needs the subject's lock. */
export async function chooseVoice(transaction: Transaction, subject: SubjectId): Promise<void> {
  const scan = speakingScan(subject, await newestScans(transaction, subject), await placementsOf(transaction, subject));
  const before = (await voicesOf(transaction, [subject]))[0]?.scan;
  if (scan === before) return;
  const database = transaction.query(catalogSchema);
  if (scan === undefined) await database.deleteFrom('voice').where('subject', '=', subject).execute();
  else {
    await database
      .insertInto('voice')
      .values({ subject, scan })
      .onConflict((conflict) => conflict.column('subject').doUpdateSet({ scan }))
      .execute();
  }
  const told = scan ?? before;
  if (told !== undefined) await transaction.announce(voiceChanged, { scan: told, subject });
}

/** The newest scan of each witness: an older one of the same witness never speaks. */
async function newestScans(queries: Queries, subject: SubjectId): Promise<readonly WitnessedScan[]> {
  const { rows } = await sql<{ scan: ScanId; sequence: number; witness: Witness }>`
    select distinct on (witness::text) id as scan, sequence, witness from catalog.scan
    where subject = ${subject} order by witness::text, sequence desc`.execute(queries.query(catalogSchema));
  return rows;
}

async function voicesOf(queries: Queries, subjects: readonly SubjectId[]): Promise<readonly ScanOfSubject[]> {
  return await queries
    .query(catalogSchema)
    .selectFrom('voice')
    .select(['subject', 'scan'])
    .where('subject', '=', sql<SubjectId>`any(${subjects}::text[])`)
    .execute();
}

/** The scans that speak now, one of each subject that has one. */
export async function listCurrentScans(queries: Queries): Promise<readonly ScanOfSubject[]> {
  return await queries
    .query(catalogSchema)
    .selectFrom('voice')
    .select(['scan', 'subject'])
    .orderBy('subject')
    .execute();
}
