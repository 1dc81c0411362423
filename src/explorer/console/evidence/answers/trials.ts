import { type HostTrials, readTrials } from '#gate/console/index.ts';
import { type TrialLine, trialRounds } from '#gate/contract.ts';
import {
  type AnsweredSubject,
  fail,
  notApplicable,
  notAssessed,
  pass,
  type ProductAnswer,
  warn,
} from '../../../evidence/answer.ts';
import { trialWords } from '../../../evidence/trial-words.ts';
import { ownId } from '../collect-ids.ts';
import { type HostSource, silentWords } from '../context.ts';

/** How gates of hosts answered starts that break one block line each, as their agents signed it. */
export const trialAnswers: HostSource = async ({ queries, now, hosts }) => {
  const trials = await readTrials(
    queries,
    hosts.map(({ name }) => name),
  );
  return hosts.map(({ name, silentSince }): AnsweredSubject => {
    const answer =
      silentSince === undefined ? blockLines(trials.get(name), now) : notAssessed(silentWords(silentSince));
    return {
      host: name,
      kind: 'host',
      id: ownId,
      answers: { 'block-lines': answer },
      moments: momentsOf(trials.get(name)),
    };
  });
};

/**
 * Pure: a line whose last try let a start through fails, one that was not tried in time leaves the question open, and one
 * that let a start through within the day and refuses again is a warning.
 */
export function blockLines(trials: HostTrials | undefined, now: Date): ProductAnswer {
  if (trials === undefined)
    return notAssessed(
      'Its agent has not reported tries of the block lines in force. An agent that tries each line once an hour would assess this.',
    );
  const { lines } = trials.statement;
  const passed = lines.filter(({ state }) => state === 'passed');
  if (passed.length > 0) return fail(...passed.map(trialWords));
  if (lines.length === 0) return notApplicable('No block line is in force there.');
  const open = lines.filter((line) => line.state === 'untried' || !(holdsUntil(line, trials) >= now.getTime()));
  const [first] = open;
  const passedBefore = lines.filter(({ tried, refused }) => refused < tried);
  if (first === undefined)
    return passedBefore.length > 0 ? warn(...passedBefore.map(trialWords)) : pass(...lines.map(trialWords));
  return notAssessed(
    `${open.length} of ${lines.length} lines were not tried in time, ${first.check} in ring ${first.ring} among them: ${first.reason ?? 'nothing was reported since.'} Trying each would assess this.`,
  );
}

/** Each line was tried too long ago some time. */
function momentsOf(trials: HostTrials | undefined): AnsweredSubject['moments'] {
  return trials?.statement.lines.map((line) => new Date(holdsUntil(line, trials)));
}

/**
 * Until when the newest refusal shows something of now; NaN: there was none. A host whose clock is ahead refused nothing later
 * than it said so, nor than the console heard of it.
 */
function holdsUntil({ lastRefused = '' }: TrialLine, { reportedAt, statement: { at, every } }: HostTrials): number {
  return Math.min(Date.parse(lastRefused), Date.parse(at), reportedAt.getTime()) + every * 1000 * trialRounds;
}
