import { sql } from 'kysely';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { CheckSubjectKind } from '../contract.ts';
import { silentSince } from '../lease.ts';
import { placedSubjects } from './judge-subjects.ts';
import { complianceSchema } from './schema.ts';
import { silentSql } from './silent.ts';

/** Subjects of one kind whose checks stand alike by their facts, and how many of them have been silent for too long. */
export interface Weight {
  readonly kind: CheckSubjectKind;
  /** null: their facts are not evaluated yet. */
  readonly outcome: string | null;
  readonly subjects: number;
  readonly silent: number;
}

export interface AskedWeights {
  readonly view: View;
  readonly now: Date;
}

/** What the caller may see, by how it stands: however many subjects there are, few differ in that. */
export async function weightsOf(queries: Queries, { view, now }: AskedWeights): Promise<readonly Weight[]> {
  if (view === undefined) return await weightsOfAll(queries, now);
  const subjects = await placedSubjects(queries, view);
  return [...Map.groupBy(subjects, ({ kind, outcome }) => `${kind} ${outcome}`).values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const { kind, outcome } = first;
    const silent = some.filter(({ reported_at }) => silentSince(kind, reported_at, now) !== undefined).length;
    return [{ kind, outcome, subjects: some.length, silent }];
  });
}

async function weightsOfAll(queries: Queries, now: Date): Promise<readonly Weight[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .innerJoin('facts', 'facts.id', 'subject.facts')
    .select(({ fn }) => [
      'subject.kind',
      'facts.outcome',
      fn.countAll<string>().as('subjects'),
      sql<string>`count(*) filter (where ${silentSql(now)})`.as('silent'),
    ])
    .groupBy(['subject.kind', 'facts.outcome'])
    .execute();
  return rows.map(({ kind, outcome, subjects, silent }) => ({
    kind,
    outcome,
    subjects: Number(subjects),
    silent: Number(silent),
  }));
}
