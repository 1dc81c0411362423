import { type RawBuilder, sql } from 'kysely';
import { leases } from '../lease.ts';

/** Whether nobody knows any more how a subject stands, as `silentSince` says it; of a row named `subject`. */
export function silentSql(now: Date): RawBuilder<boolean> {
  const ends = Object.entries(leases).map(([kind, life]) => ({ kind, before: new Date(now.getTime() - life) }));
  const kinds = ends.map(({ kind, before }) => sql`(subject.kind = ${kind} and subject.reported_at < ${before})`);
  return sql`(${sql.join(kinds, sql` or `)})`;
}
