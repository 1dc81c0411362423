import type { CheckState } from '#compliance/contract.ts';
import { checks } from '#compliance/index.ts';
import type { Queries } from '#store/index.ts';
import { answerPrefix } from '../../../evidence/answer.ts';
import type { AssessedAnswer, AssessedSubject } from '../../../evidence/assessment.ts';
import type { ControlTemplate, Question } from '../../../evidence/control.ts';
import { type KnownThen, readKnownThen, seenThen } from '../known-then.ts';
import type { Looking, Moment } from '../looking.ts';
import { groupAnswers, sourcesOf, toGrouped } from './group-answers.ts';
import { hostOf } from './read-subjects.ts';

/** Who stood how at a moment: the history keeps states, not what was seen. */
export async function collectThen(
  queries: Queries,
  {
    template,
    looking,
    moment,
  }: { readonly template: ControlTemplate; readonly looking: Looking; readonly moment: Moment },
): Promise<{ readonly subjects: readonly AssessedSubject[]; readonly answers: readonly AssessedAnswer[] }> {
  const then = await readKnownThen(queries, moment);
  const seen = seenThen(then, { ...looking, at: moment.at });
  const groups = groupAnswers();
  const questions = template.controls.flatMap((control) => control.questions);
  for (const [at, one] of seen.entries()) {
    const states = Object.assign({}, ...one.statuses.map((id) => then.states.get(id) ?? {})) as States;
    const { observedAt, receivedAt, facts } = one.subject;
    const times = { since: observedAt, collected: receivedAt, ends: 'never' } as const;
    for (const question of questions)
      for (const answer of answersThen(question, one, states))
        groups.add({ ...answer, ...(facts !== undefined && { facts }) }, [at], times);
  }
  return { subjects: seen.map(toAssessed), answers: groups.all() };
}

type States = Readonly<Record<string, { readonly state: CheckState }>>;

const kindOfCheck: ReadonlyMap<string, string> = new Map(
  Object.entries(checks).flatMap(([kind, own]) => own.map((check) => [check.id, kind] as const)),
);

function answersThen(question: Question, { kind }: KnownThen, states: States) {
  const { by, id } = question;
  const names =
    by.kind === 'checks'
      ? by.checks.filter((check) => kindOfCheck.get(check) === kind)
      : by.kind === 'product'
        ? sourcesOf(question).map((source) => `${answerPrefix}${source}`)
        : [];
  return names.flatMap((name) => {
    const state = states[name]?.state;
    if (state === undefined) return [];
    const check = by.kind === 'checks' ? { check: name } : {};
    return [toGrouped(question, { question: id, ...check, state, seen: [] })];
  });
}

function toAssessed({ kind, subject }: KnownThen): AssessedSubject {
  const { host, id, name, application, environment, facts } = subject;
  return {
    host: hostOf(host),
    kind,
    id,
    name,
    ...(application !== undefined && { application }),
    ...(environment !== undefined && { environment }),
    ...(facts !== undefined && { facts }),
  };
}
