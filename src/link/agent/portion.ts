import { type AppError, isAppError, type Log } from '#base/index.ts';
import { type SentFact, undeliverableKind } from '../contract.ts';
import type { SpooledBatch } from './spool/read-batch.ts';

/** How much of what waits goes at once, and what is never taken. */
export interface Portion {
  /** What to send of a batch. */
  of(batch: SpooledBatch): SpooledBatch;
  /** The console took what was sent. */
  taken(): void;
  /** The console did not take what was sent. */
  failed(error: unknown): void;
}

/** The console may have been short of time or memory; a fact that is refused alone as often is given up. */
const mostTries = 5;

/**
 * A batch that the console refuses as a whole goes in halves, until the one fact at fault is found. That one is given up
 * after some tries: a fact that names it and the reason goes in its place, so that the console shows it, and what waits
 * behind it follows.
 */
export function openPortion(log: Log): Portion {
  let most = Number.POSITIVE_INFINITY;
  let sent = 0;
  let tries = 0;
  let reason = '';
  const reset = (): void => {
    most *= 2;
    tries = 0;
  };
  return {
    of: ({ facts, ...place }) => {
      const some = facts.slice(0, most);
      sent = some.length;
      return { ...place, facts: tries < mostTries ? some : some.map((fact) => givenUp(fact, reason)) };
    },
    taken: reset,
    failed: (error) => {
      if (!isOfBatch(error)) return;
      most = Math.max(1, Math.floor(sent / 2));
      if (sent > 1) return;
      reason = error.message;
      if (++tries === mostTries) log.error({ reason }, 'The console takes this fact never; it is given up.');
    },
  };
}

function givenUp({ kind, at }: SentFact, reason: string): SentFact {
  return { kind: undeliverableKind, at, body: { kind, reason } };
}

/** The console has greeted this agent before, so that what else a batch says is not at fault. */
function isOfBatch(error: unknown): error is AppError {
  const codes: readonly AppError['code'][] = ['too-large', 'too-costly', 'bad-request'];
  return isAppError(error) && codes.includes(error.code);
}
