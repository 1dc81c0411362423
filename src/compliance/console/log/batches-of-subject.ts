import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import { complianceSchema } from '../schema.ts';
import type { LogSubject } from './leaves.ts';

/** The newest batches that hold rows of a subject, in the order of the log. */
export async function batchesOfSubject(
  queries: Queries,
  { host, kind, id }: Pick<LogSubject, 'host' | 'kind' | 'id'>,
  most: number,
): Promise<readonly number[]> {
  const { rows } = await sql<{ batch: number }>`
    select distinct head.batch::int as batch
    from (
      select position from compliance.transition
      where host = ${host} and kind = ${kind} and id = ${id} and position is not null
      order by sequence desc limit ${most}
    ) as own
    join compliance.log_head as head on own.position >= head.first and own.position < head.first + head.count
    order by batch`.execute(queries.query(complianceSchema));
  return rows.map(({ batch }) => batch);
}
