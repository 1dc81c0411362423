import type { Selectable } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { LogRow } from '../../log/index.ts';
import { complianceSchema, type ComplianceTables } from '../schema.ts';
import { toLogRow } from './log-rows.ts';

/** A head as it is stored. */
export type HeadRow = Selectable<ComplianceTables['log_head']>;

/** Leaves that a batch has at most: a proof has at most twelve hashes. */
export const longestBatch = 4096;

/** All of a batch, in its order; as many as its head counts, unless some are gone or were added. */
export async function readRows(
  queries: Queries,
  { first, count }: Pick<HeadRow, 'first' | 'count'>,
): Promise<readonly LogRow[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('transition')
    .selectAll()
    .where('position', '>=', first)
    .where('position', '<', first + count)
    .orderBy('position')
    .limit(longestBatch + 1)
    .execute();
  return rows.map(toLogRow);
}
