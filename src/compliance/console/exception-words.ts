import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { CheckSubjectKind, StoredResult } from '../contract.ts';
import { coverOf, speaksFor } from '../exception.ts';
import { readTerms } from './answers.ts';
import { inPlace } from './judge-subjects.ts';
import { complianceSchema } from './schema.ts';

interface ExceptedSubject {
  readonly host: string;
  readonly kind: CheckSubjectKind;
  readonly id: string;
  readonly name: string;
}

/** Until when a result is excepted, and who answers for it. */
export interface ExceptionWords {
  readonly until: string;
  readonly reason: string;
}

/** Tells of each subject until when a result of it is excepted and by whom; `undefined`: no exception covers it now. */
export async function readExceptionWords<Subject extends ExceptedSubject>(
  queries: Queries,
  subjects: readonly Subject[],
  now: Date,
): Promise<(subject: Subject, result: StoredResult) => ExceptionWords | undefined> {
  if (subjects.length === 0) return () => undefined;
  const { exceptions, collections } = await readTerms(queries, now);
  const held = new Map(
    (await inPlace(queries, subjects, undefined)).map(({ host, kind, id, name, image, places }) => [
      keyOf({ host, kind, id }),
      exceptions.filter((one) => speaksFor(one, { names: [name], image, places }, collections)),
    ]),
  );
  const approved = await readApprovals(
    queries,
    exceptions.map(({ id }) => id),
  );
  return (subject, { id, state, seen, evidence }) => {
    const cover = coverOf({ id, state, seen, evidence }, held.get(keyOf(subject)) ?? []);
    if (cover === undefined) return undefined;
    const reasons = cover.exceptions.flatMap((one) => approved.get(one) ?? []);
    return { until: cover.until.toISOString(), reason: reasons.join(' ') };
  };
}

/** Who requested and approved exceptions, and why, by their ids. */
async function readApprovals(queries: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('exception')
    .select(['id', 'requested_by', 'decided_by', 'explanation'])
    .where('id', '=', sql<string>`any(${[...new Set(ids)]}::text[])`)
    .execute();
  return new Map(
    rows.map(({ id, requested_by, decided_by, explanation }) => [
      id,
      `Requested by ${requested_by.name}, approved by ${decided_by?.name ?? 'nobody'}: “${explanation}”.`,
    ]),
  );
}

function keyOf({ host, kind, id }: Pick<ExceptedSubject, 'host' | 'kind' | 'id'>): string {
  return JSON.stringify([host, kind, id]);
}
