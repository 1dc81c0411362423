import { type Clock, type Log, messageOf } from '#base/index.ts';
import { pullComing } from '#provenance/console/index.ts';
import type { Store } from '#store/index.ts';
import type { Decision } from '../../contract.ts';
import type { AnsweredReview } from '../../kubernetes/answer-review.ts';
import { placeOf } from '../../kubernetes/judge-images.ts';
import { decisionsChanged } from '../facts.ts';
import { decisionRow, storeDecisions } from '../report-decisions.ts';
import { noteAsked, noteWanted } from './clusters.ts';

/** What is noted of one answer. */
export interface AnswerNotes {
  /** `kubernetes:CLUSTER/NAMESPACE`. */
  readonly host: string;
  readonly environment?: string;
  readonly decisions: readonly Decision[];
  readonly unscanned: AnsweredReview['unscanned'];
}

/** Stores what was answered, shortly after it was: an answer does not wait for it. */
export interface Recorder {
  record(notes: AnswerNotes): void;
  /** Stores what is left. */
  close(): Promise<void>;
}

/** Milliseconds for which answers are gathered. */
const gathering = 50;
/** Answers that wait while the database is away; more are dropped, and their number is logged. */
const mostWaiting = 20_000;
const retryAfter = 2000;

export interface RecorderDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

export function openRecorder(dependencies: RecorderDependencies): Recorder {
  const { log } = dependencies;
  let waiting: AnswerNotes[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const notes = waiting;
    waiting = [];
    if (notes.length === 0) return;
    try {
      await storeNotes(notes, dependencies);
      if (dropped > 0) log.error({ dropped }, 'Decisions of the Kubernetes webhook were lost.');
      dropped = 0;
    } catch (error) {
      waiting = [...notes, ...waiting];
      log.warn({ error: messageOf(error) }, 'Decisions of the Kubernetes webhook could not be stored yet.');
      arm(retryAfter);
    }
  };
  const arm = (after: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      working = working.then(flush);
    }, after);
  };
  return {
    record: (notes) => {
      if (waiting.length >= mostWaiting) return void dropped++;
      waiting.push(notes);
      arm(gathering);
    },
    close: async () => {
      clearTimeout(timer);
      await working;
      await flush();
      clearTimeout(timer);
    },
  };
}

async function storeNotes(notes: readonly AnswerNotes[], { store, clock }: RecorderDependencies): Promise<void> {
  const now = clock();
  await store.transaction(async (transaction) => {
    for (const [host, reported] of Map.groupBy(notes, (one) => one.host)) {
      const rows = reported.flatMap((one) =>
        one.decisions.map((decision) =>
          decisionRow(decision, { host, receivedAt: now, place: placeOf(decision.subject, one) }),
        ),
      );
      if (rows.length > 0) {
        await storeDecisions(transaction, rows);
        await transaction.announce(decisionsChanged, { host });
      }
      for (const { environment, unscanned } of reported)
        for (const one of unscanned)
          await noteWanted(transaction, { ...one, host, ...(environment === undefined ? {} : { environment }) }, now);
    }
    await pullComing(
      transaction,
      notes.flatMap(({ unscanned }) => unscanned),
      now,
    );
    for (const cluster of new Set(notes.map(({ host }) => host.slice('kubernetes:'.length).split('/')[0] ?? '')))
      await noteAsked(transaction, cluster, now);
  });
}
