import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { ProductAnswer } from '../../evidence/answer.ts';
import { explorerSchema } from '../schema.ts';

/** What was answered about hosts themselves last, by their names. */
export async function readAnswersBefore(
  queries: Queries,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, ProductAnswer>>>> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('evidence_answer')
    .select(['host', 'answers'])
    .where('kind', '=', 'host')
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .execute();
  return new Map(rows.map(({ host, answers }) => [host, answers]));
}
