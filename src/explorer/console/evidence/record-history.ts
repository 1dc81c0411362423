import { recordAnswers } from '#compliance/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { answerPrefix } from '../../evidence/answer.ts';
import type { CollectedSubject } from './collect.ts';
import type { Saved } from './save.ts';

/** Answers of the product have no versions: another release that answers otherwise is written down as a change. */
const version = 1;

/** Writes answers of the product into the history of evidence, of those hosts on which something is another. */
export async function recordHistory(
  transaction: Transaction,
  {
    subjects,
    saved,
    now,
  }: { readonly subjects: readonly CollectedSubject[]; readonly saved: Saved; readonly now: Date },
): Promise<void> {
  const hosts = new Set([...saved.changed, ...saved.gone].map(({ host }) => host));
  for (const [host, own] of Map.groupBy(subjects, (one) => one.host)) {
    hosts.delete(host);
    if (saved.changed.some((one) => one.host === host) || saved.gone.some((one) => one.host === host))
      await recordAnswers(transaction, { host, now, answers: own.flatMap(answersOf) });
  }
  for (const host of hosts) await recordAnswers(transaction, { host, now, answers: [] });
}

function answersOf({ kind, id, name, locations, answers }: CollectedSubject) {
  const states = Object.fromEntries(
    Object.entries(answers).map(([answer, { state }]) => [`${answerPrefix}${answer}`, { state, version }]),
  );
  if (Object.keys(states).length === 0) return [];
  const [{ application, environment } = {}] = locations;
  return [{ kind, id, name, application, environment, states }];
}
