import { readStates } from '#compliance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { AssessedAnswer, AssessedSubject } from '../../../evidence/assessment.ts';
import type { ControlTemplate } from '../../../evidence/control.ts';
import { readHeldAt } from '../counts-then.ts';
import { type KnownThen, readKnownThen, seenThen } from '../known-then.ts';
import type { Looking, Moment } from '../looking.ts';
import { answersThen, idsOf } from '../read-subjects-then.ts';
import { groupAnswers, toGrouped } from './group-answers.ts';
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
  const held = await readHeldAt(queries, moment);
  const seen = seenThen(then, { ...looking, at: moment.at });
  const states = await readStates(queries, new Set(seen.flatMap(idsOf)));
  const groups = groupAnswers();
  const questions = template.controls.flatMap((control) => control.questions);
  for (const alike of Map.groupBy(seen.entries(), ([, one]) => stoodAs(one)).values()) {
    const [first] = alike.map(([, one]) => one);
    if (first === undefined) continue;
    const answers = questions.flatMap((question) => {
      const control = { questions: [question] };
      const own = answersThen(first, { control, states, held, results: [] });
      return own.map((answer) => toGrouped(question, answer));
    });
    for (const [at, { subject }] of alike) {
      const { observedAt, receivedAt, facts } = subject;
      const times = { since: observedAt, collected: receivedAt, ends: 'never' } as const;
      for (const answer of answers) groups.add({ ...answer, ...(facts !== undefined && { facts }) }, [at], times);
    }
  }
  return { subjects: seen.map(toAssessed), answers: groups.all() };
}

/** Those with the same have the same answers. */
function stoodAs({ stood: { kind, checks, answers }, subject: { silentSince } }: KnownThen): string {
  return [kind, silentSince?.getTime(), checks, answers].join(' ');
}

function toAssessed({ stood: { kind }, subject }: KnownThen): AssessedSubject {
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
