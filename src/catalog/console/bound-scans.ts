import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { limits } from '../limits.ts';
import { scanForgotten } from './facts.ts';
import { catalogSchema } from './schema.ts';

/**
 * Forgets the oldest scans of a subject, of each publisher and altogether, that are more than are kept and do not count.
 * What is forgotten was accepted and judged, and something newer stands in its place. Needs the subject's lock.
 */
export async function boundScans(transaction: Transaction, subject: SubjectId): Promise<void> {
  const database = transaction.query(catalogSchema);
  const { rows } = await sql<{ scan: ScanId }>`
    with placed as (
      select id, row_number() over (partition by witness_key order by sequence desc) as of_publisher,
        row_number() over (order by sequence desc) as of_all
      from catalog.scan where subject = ${subject})
    delete from catalog.scan as old using placed
    where old.id = placed.id and of_publisher > 1
      and (of_publisher > ${limits.scansOfPublisher.value} or of_all > ${limits.scansOfSubject.value})
      and not exists (select from catalog.counting_scan as counting where counting.scan = old.id)
      and not exists (select from catalog.shown_scan as shown where shown.scan = old.id)
      and not exists (select from catalog.carried where carried.scan = old.id)
      and not exists (select from catalog.difference where old.id in (difference.scan, difference.other_scan))
    returning old.id as scan`.execute(database);
  await transaction.announceAll(
    scanForgotten,
    rows.map(({ scan }) => ({ scan, subject })),
  );
}
