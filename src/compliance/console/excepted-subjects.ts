import { sql } from 'kysely';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { coverOf, speaksFor } from '../exception.ts';
import { readTerms } from './answers.ts';
import { inPlace } from './judge-subjects.ts';
import { readFailing } from './results.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';
import { silentSql } from './silent.ts';

/** A subject that does not pass a check, and exceptions that hold where it stands cover all that was seen. */
export interface ExceptedSubject extends Pick<ComplianceTables['subject'], 'host' | 'kind' | 'id'> {
  readonly check: string;
  /** But for the exceptions. */
  readonly state: 'fail' | 'warn';
  readonly folded: boolean;
}

interface Asked {
  readonly view: View;
  readonly now: Date;
  /** Missing: every check. */
  readonly check?: string;
}

/** Those that the caller may see and that were heard of. Only facts that an exception could cover anywhere are placed. */
export async function exceptedSubjects(
  queries: Queries,
  { view, now, check }: Asked,
): Promise<readonly ExceptedSubject[]> {
  const { exceptions, collections } = await readTerms(queries, now);
  const granted = exceptions.filter((one) => check === undefined || one.check === check);
  if (granted.length === 0) return [];
  const found = (await readFailing(queries, { checks: granted.map((one) => one.check) })).filter(
    ({ body }) => coverOf(body, granted) !== undefined,
  );
  const byFacts = Map.groupBy(found, ({ facts }) => facts);
  const subjects = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .select(['host', 'kind', 'id', 'name', 'facts'])
    .where('facts', '=', sql<string>`any(${[...byFacts.keys()]}::text[])`)
    .where((is) => is.not(silentSql(now)))
    .execute();
  return (await inPlace(queries, subjects, view)).flatMap(({ host, kind, id, name, facts, places }) => {
    const held = granted.filter((one) => speaksFor(one, { names: [name], places }, collections));
    return (byFacts.get(facts) ?? [])
      .filter(({ body }) => coverOf(body, held) !== undefined)
      .map(({ check_id, body: { state, foldedUnder } }) => {
        const failed = state === 'fail' ? state : 'warn';
        return { host, kind, id, check: check_id, state: failed, folded: foldedUnder !== undefined };
      });
  });
}
