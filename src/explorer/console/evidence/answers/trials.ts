import { type HostTrials, readTrials } from '#gate/console/index.ts';
import {
  type AnsweredSubject,
  fail,
  notApplicable,
  notAssessed,
  pass,
  type ProductAnswer,
} from '../../../evidence/answer.ts';
import { trialWords } from '../../../evidence/trial-words.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, silentWords } from '../context.ts';

/** Rounds of trials after which a line that was not tried again shows nothing of now. */
const roundsMissed = 2.5;

/** How gates of hosts answered starts that break one block line each, as their agents signed it. */
export const trialAnswers: HostSource = async ({ queries, now, hosts }) => {
  const trials = await readTrials(
    queries,
    hosts.map(({ name }) => name),
  );
  return hosts.map(({ name, silentSince }): AnsweredSubject => {
    const answer =
      silentSince === undefined ? blockLines(trials.get(name), now) : notAssessed(silentWords(silentSince));
    return { host: name, kind: 'host', id: ownId, answers: { 'block-lines': answer } };
  });
};

/** Pure: one line that let a start through fails, one that nobody tried leaves the question open. */
export function blockLines(trials: HostTrials | undefined, now: Date): ProductAnswer {
  if (trials === undefined)
    return notAssessed(
      'Its agent has not reported tries of the block lines in force. An agent that tries each line once an hour would assess this.',
    );
  const { lines, every } = trials.statement;
  const passed = lines.filter(({ state, tried, refused }) => state === 'passed' || refused < tried);
  if (passed.length > 0) return fail(...passed.map(trialWords));
  if (lines.length === 0) return notApplicable('No block line is in force there.');
  const since = now.getTime() - every * 1000 * roundsMissed;
  const open = lines.filter(
    ({ state, lastRefused }) => state === 'untried' || lastRefused === undefined || Date.parse(lastRefused) < since,
  );
  const [first] = open;
  if (first === undefined) return pass(...lines.map(trialWords));
  return notAssessed(
    `${open.length} of ${lines.length} lines were not tried in time, ${first.check} in ring ${first.ring} among them: ${first.reason ?? 'nothing was reported since.'} Trying each would assess this.`,
  );
}
