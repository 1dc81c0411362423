import { sql } from 'kysely';
import type { CheckState } from '#compliance/contract.ts';
import { imagesPlace } from '#compliance/console/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { SubjectCounts } from '../../contract-evidence.ts';
import type { Control } from '../../evidence/control.ts';
import { noSubjects, type QuestionStand } from '../../evidence/state.ts';
import { explorerSchema } from '../schema.ts';
import { isSeenInScope, type Scope } from './scopes.ts';

/** What is counted: a template, or one control of it, where the caller looks. */
export interface AskedCounts {
  readonly template: string;
  readonly control?: string | undefined;
  readonly scope: Scope;
  readonly view: View;
}

/** Subjects by how they stand, by control and question; the question is empty for the control as a whole. */
export type Counts = (control: string, question: string) => SubjectCounts;

interface Group {
  readonly control: string;
  readonly question: string;
  readonly state: CheckState;
  readonly subjects: number;
}

/** Counts what the caller may see. The console counts once wherever somebody looks. */
export async function readCounts(queries: Queries, asked: AskedCounts): Promise<Counts> {
  const groups = asked.view === undefined ? await sumsOf(queries, asked) : await seenSums(queries, asked, asked.view);
  return countsFrom([...groups, ...(await ofConsole(queries, asked))]);
}

/** Groups as counts. */
export function countsFrom(groups: readonly Group[]): Counts {
  const counts = new Map<string, Record<CheckState, number>>();
  for (const { control, question, state, subjects } of groups) {
    const key = JSON.stringify([control, question]);
    const own = counts.get(key) ?? { ...noSubjects };
    own[state] += subjects;
    counts.set(key, own);
  }
  return (control, question) => counts.get(JSON.stringify([control, question])) ?? noSubjects;
}

/** How each question of a control stands. */
export function questionStands({ id, questions }: Control, counts: Counts): readonly QuestionStand[] {
  return questions.map((question) => ({ question, subjects: counts(id, question.id) }));
}

async function sumsOf(queries: Queries, { template, control, scope }: AskedCounts): Promise<readonly Group[]> {
  return await queries
    .query(explorerSchema)
    .selectFrom('evidence_sum')
    .select(['control', 'question', 'state', sql<number>`sum(subjects)::int`.as('subjects')])
    .where('template', '=', template)
    .where('environment', '=', scope.environment)
    .where('application', '=', scope.application)
    .$if(control !== undefined, (all) => all.where('control', '=', control ?? ''))
    .groupBy(['control', 'question', 'state'])
    .execute();
}

/** For who sees a part: subject by subject, then by how many stand alike. */
async function seenSums(
  queries: Queries,
  { template, control, scope }: AskedCounts,
  view: NonNullable<View>,
): Promise<readonly Group[]> {
  const database = queries.query(explorerSchema);
  const subjects = await database
    .selectFrom('evidence_subject')
    .select(['stance', 'places'])
    .where('kind', '<>', 'console')
    .execute();
  const seen = subjects.filter(({ places }) => isSeenInScope(scope, places, view));
  const stances = [...Map.groupBy(seen, ({ stance }) => stance)].map(([stance, own]) => ({ stance, own: own.length }));
  const among = control === undefined ? sql`true` : sql`control = ${control}`;
  const { rows } = await sql<Group>`
    select control, question, state, sum(own)::int as subjects
    from json_to_recordset(${JSON.stringify(stances)}::json) as seen (stance text, own int)
    join explorer.evidence_state using (stance) where template = ${template} and ${among}
    group by control, question, state`.execute(database);
  return rows;
}

async function ofConsole(queries: Queries, { template, control }: AskedCounts): Promise<readonly Group[]> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('evidence_subject')
    .innerJoin('evidence_state', 'evidence_state.stance', 'evidence_subject.stance')
    .select(['control', 'question', 'state'])
    .where('host', '=', imagesPlace)
    .where('kind', '=', 'console')
    .where('template', '=', template)
    .$if(control !== undefined, (all) => all.where('control', '=', control ?? ''))
    .execute();
  return rows.map((row) => ({ ...row, subjects: 1 }));
}
