import { readStandingSubjects } from '#compliance/console/index.ts';
import { leaseEnd } from '#compliance/index.ts';
import { type AnsweredSubject, fail, notAssessed, pass, type ProductAnswer } from '../../../evidence/answer.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, silentWords } from '../context.ts';

/** Milliseconds within which what a host reported is to be evaluated. */
const evaluatedWithin = 600_000;

/** Whether what hosts report for checks is evaluated in time. */
export const checkAnswers: HostSource = async ({ queries, now, hosts }) => {
  const { subjects } = await readStandingSubjects(queries, { hosts: hosts.map(({ name }) => name), now });
  const byHost = Map.groupBy(subjects, ({ host }) => host);
  return hosts.map(({ name, silentSince }): AnsweredSubject => {
    const reported = byHost.get(name) ?? [];
    const moments = reported.flatMap(({ kind, reportedAt, evaluatedAt, since }) => [
      leaseEnd(kind, reportedAt),
      evaluatedAt === undefined ? new Date(since.getTime() + evaluatedWithin) : undefined,
    ]);
    return { host: name, kind: 'host', id: ownId, answers: { evaluated: answer(reported) }, moments };

    function answer(own: typeof subjects): ProductAnswer {
      if (silentSince !== undefined) return notAssessed(silentWords(silentSince));
      if (own.length === 0)
        return notAssessed(
          'It has reported nothing that checks can judge. An agent that reports its engine would assess this.',
        );
      const late = own.filter(
        ({ evaluatedAt, since }) => evaluatedAt === undefined && now.getTime() - since.getTime() > evaluatedWithin,
      );
      if (late.length > 0)
        return fail(...late.map((one) => `${one.kind} ${one.name} reported at ${one.since.toISOString()}`));
      const waiting = own.filter(({ evaluatedAt }) => evaluatedAt === undefined).length;
      return waiting === 0
        ? pass(`${own.length} subjects`)
        : notAssessed(`${waiting} of ${own.length} subjects wait to be evaluated, which is done within minutes.`);
    }
  });
};
