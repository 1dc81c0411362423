import {
  type CheckAnswer,
  readCheckAnswers,
  readStandingSubjects,
  type StandingSubject,
} from '#compliance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { AssessedAnswer } from '../../../evidence/assessment.ts';
import type { ControlTemplate } from '../../../evidence/control.ts';
import type { HeldAttestations } from '../../../evidence/stance.ts';
import { readHeldAttestations } from '../attestations.ts';
import type { Looking } from '../looking.ts';
import { answersTo } from '../unfold-answers.ts';
import { type AnswerGroups, type AnswerTimes, groupAnswers, toGrouped } from './group-answers.ts';
import type { ScopedSubject } from './read-subjects.ts';

/** Every distinct answer to the questions of a template, with its subjects. */
export async function collectAnswers(
  queries: Queries,
  asked: { readonly template: ControlTemplate; readonly looking: Looking; readonly subjects: readonly ScopedSubject[] },
): Promise<readonly AssessedAnswer[]> {
  const { template, looking, subjects } = asked;
  const { now, view } = looking;
  const context: Context = {
    queries,
    now,
    questions: template.controls.flatMap(({ questions }) => questions),
    held: await readHeldAttestations(queries, now),
    groups: groupAnswers(),
    sight: view === undefined ? 'whole' : 'part',
  };
  const numbered = subjects.map((subject, at): Numbered => ({ subject, at }));
  for (const own of Map.groupBy(numbered, ({ subject }) => subject.host).values()) await collectOfHost(own, context);
  return context.groups.all();
}

interface Numbered {
  readonly subject: ScopedSubject;
  /** Position among all. */
  readonly at: number;
}

interface Context {
  readonly queries: Queries;
  readonly now: Date;
  readonly questions: ControlTemplate['controls'][number]['questions'];
  readonly held: HeldAttestations;
  readonly groups: AnswerGroups;
  /** Who sees a part does not read the names of accounts. */
  readonly sight: 'whole' | 'part';
}

/** Checks of subjects that stand alike by equal facts are asked once, for one of them. */
async function collectOfHost(own: readonly Numbered[], context: Context): Promise<void> {
  const { queries, now } = context;
  const keys = own.flatMap(({ subject: { host, kind, id } }) => (kind === 'console' ? [] : [{ host, kind, id }]));
  const { subjects: standing } = await readStandingSubjects(queries, {
    hosts: [...new Set(keys.map(({ host }) => host))],
    now,
  });
  const times = new Map(standing.map((one) => [keyOf(one), one]));
  const alike = Map.groupBy(own, ({ subject }) =>
    JSON.stringify([subject.kind, subject.facts, subject.stance, times.get(keyOf(subject))?.silentSince]),
  );
  const firsts = [...alike.values()].flatMap(([first]) => first?.subject ?? []);
  const checked = await readCheckAnswers(queries, {
    subjects: firsts.flatMap(({ host, kind, id }) => (kind === 'console' ? [] : [{ host, kind, id }])),
    now,
  });
  for (const members of alike.values()) collectChecks(members, { ...context, checked, times });
  for (const one of own) collectOthers(one, context);
}

interface OfChecks extends Context {
  readonly checked: ReadonlyMap<string, readonly CheckAnswer[]>;
  readonly times: ReadonlyMap<string, StandingSubject>;
}

function collectChecks(members: readonly Numbered[], { questions, held, groups, checked, times, now }: OfChecks): void {
  const [first] = members;
  if (first === undefined) return;
  const { kind, facts } = first.subject;
  const known = { kind, answers: {}, checked: checked.get(keyOf(first.subject)), held };
  const found = questions.flatMap((question) =>
    question.by.kind === 'checks' ? answersTo(question, known).map((answer) => toGrouped(question, answer)) : [],
  );
  for (const { subject, at } of members) {
    const own = timesOf(subject, { standing: times.get(keyOf(subject)), now });
    for (const answer of found) groups.add({ ...answer, ...(facts !== null && { facts }) }, [at], own);
  }
}

function collectOthers({ subject, at }: Numbered, { questions, held, groups, sight, now }: Context): void {
  const { kind, answers } = subject;
  const known = { kind, answers: answers ?? {}, checked: undefined, held };
  const hides = kind === 'console' && sight === 'part';
  for (const question of questions) {
    if (question.by.kind === 'checks') continue;
    for (const answer of answersTo(question, known))
      groups.add(toGrouped(question, hides ? { ...answer, seen: [] } : answer), [at], timesOf(subject, { now }));
  }
}

function timesOf(
  { since, kind }: ScopedSubject,
  { standing, now }: { readonly standing?: StandingSubject | undefined; readonly now: Date },
): AnswerTimes {
  const ends = kind === 'host' || kind === 'engine' || kind === 'container' ? 'with the lease' : 'never';
  return { since, collected: standing?.reportedAt ?? now, ends: standing === undefined ? 'never' : ends };
}

function keyOf({ host, kind, id }: Pick<ScopedSubject, 'host' | 'kind' | 'id'>): string {
  return `${host} ${kind} ${id}`;
}
