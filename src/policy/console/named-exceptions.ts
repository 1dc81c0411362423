import { sql } from 'kysely';
import type { ScanId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { Rulebook } from '../rulebook.ts';
import { policySchema } from './schema.ts';

/** The rulebook with, for each scan, only those exceptions that name a package with findings in it. */
export async function rulebooksByScan(queries: Queries, rulebook: Rulebook): Promise<(scan: ScanId) => Rulebook> {
  const none = { ...rulebook, exceptions: [] };
  if (rulebook.exceptions.length === 0) return () => none;
  const rows = await queries
    .query(policySchema)
    .selectFrom('exception')
    .innerJoin('facts', (join) => join.on(sql<boolean>`facts.components @> array[exception.component]`))
    .select(['facts.scan', 'exception.id'])
    .where('exception.state', '=', 'approved')
    .execute();
  const named = Map.groupBy(rows, ({ scan }) => scan);
  return (scan) => {
    const ids = new Set(named.get(scan)?.map(({ id }) => id));
    return ids.size === 0 ? none : { ...rulebook, exceptions: rulebook.exceptions.filter(({ id }) => ids.has(id)) };
  };
}
