import type { CheckState } from '#compliance/contract.ts';
import type { Queries } from '#store/index.ts';
import type { SubjectCounts } from '../../contract-evidence.ts';
import type { Control } from '../../evidence/control.ts';
import { noSubjects, type QuestionStand } from '../../evidence/state.ts';
import type { Scope } from './scopes.ts';
import { isIn, readSeen, scopeKey, type Sight } from './seen-subjects.ts';

/** What is counted: a template, or one control of it, where the caller looks. */
export interface AskedCounts {
  readonly template: string;
  readonly control?: string | undefined;
  readonly scope: Scope;
  readonly sight: Sight;
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
export async function readCounts(queries: Queries, { template, control, scope, sight }: AskedCounts): Promise<Counts> {
  const { hosts, stands } = await readSeen(queries, sight);
  const key = scopeKey(scope);
  const alike = new Map<string, number>();
  for (const subjects of hosts)
    for (const one of subjects) if (isIn(one, key)) alike.set(one.stance, (alike.get(one.stance) ?? 0) + 1);
  const counts = new Map<string, Record<CheckState, number>>();
  for (const [stance, subjects] of alike)
    for (const stand of stands.get(stance) ?? []) {
      if (stand.template !== template || (control !== undefined && stand.control !== control)) continue;
      const own = counts.get(stand.name) ?? { ...noSubjects };
      own[stand.state] += subjects;
      counts.set(stand.name, own);
    }
  return (id, question) => counts.get(`${id} ${question}`) ?? noSubjects;
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
