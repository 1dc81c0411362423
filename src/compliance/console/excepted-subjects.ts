import { sql } from 'kysely';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { StoredResult } from '../contract.ts';
import { coverOf, speaksFor } from '../exception.ts';
import { readTerms } from './answers.ts';
import { inPlace } from './judge-subjects.ts';
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

interface Found {
  readonly facts: string;
  readonly check_id: string;
  readonly state: 'fail' | 'warn';
  readonly folded: boolean;
  readonly body: Pick<StoredResult, 'seen' | 'evidence'>;
}

/** Those that the caller may see and that were heard of. Only facts that an exception could cover anywhere are placed. */
export async function exceptedSubjects(
  queries: Queries,
  { view, now, check }: Asked,
): Promise<readonly ExceptedSubject[]> {
  const { exceptions, collections } = await readTerms(queries, now);
  const granted = exceptions.filter((one) => check === undefined || one.check === check);
  if (granted.length === 0) return [];
  const found = (await readFailing(queries, [...new Set(granted.map((one) => one.check))])).filter(
    (row) => coverOf(excepting(row), granted) !== undefined,
  );
  const byFacts = Map.groupBy(found, ({ facts }) => facts);
  const subjects = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .select(['host', 'kind', 'id', 'name', 'facts'])
    .where('facts', '=', sql<string>`any(${[...byFacts.keys()]}::text[])`)
    .where((is) => is.not(silentSql(now)))
    .execute();
  return (await inPlace(queries, subjects, view)).flatMap(({ host, kind, id, name, image, facts, places }) => {
    const held = granted.filter((one) => speaksFor(one, { names: [name], image, places }, collections));
    return (byFacts.get(facts) ?? [])
      .filter((row) => coverOf(excepting(row), held) !== undefined)
      .map(({ check_id, state, folded }) => ({ host, kind, id, check: check_id, state, folded }));
  });
}

function excepting({ check_id: id, state, body: { seen, evidence } }: Found): Parameters<typeof coverOf>[0] {
  return { id, state, seen, evidence };
}

async function readFailing(queries: Queries, checks: readonly string[]): Promise<readonly Found[]> {
  const { rows } = await sql<Found>`
    select facts, check_id, state, folded, body from compliance.result
    where check_id = any(${checks}::text[]) and state in ('fail', 'warn')`.execute(queries.query(complianceSchema));
  return rows;
}
