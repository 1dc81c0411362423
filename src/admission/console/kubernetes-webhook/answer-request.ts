import { AppError, type Clock, type Log, messageOf } from '#base/index.ts';
import type { Cluster } from '../../contract.ts';
import type { Reply } from '../../kubernetes/answer.ts';
import { type AnsweredReview, answerReview, wantedFor } from '../../kubernetes/answer-review.ts';
import type { Knowledge } from '../../kubernetes/knowledge.ts';
import { podOf } from '../../kubernetes/pod-of.ts';
import { readReview } from '../../kubernetes/review.ts';
import type { ReadKnowledge } from './knowledge.ts';
import type { Recorder } from './record.ts';

export interface AnsweringDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly knowledge: ReadKnowledge;
  readonly recorder: Recorder;
}

/** An answered review, and what is left to do once its reply is sent. */
export interface AnsweredRequest {
  readonly reply: Reply;
  /** Notes the decisions, and what is to be scanned; does nothing for a dry run. */
  note(): void;
}

/**
 * Answers what an API server asks. Throws `AppError` for what is no review (HTTP 400, 413), and whatever keeps the
 * database from being read (HTTP 500): those are failed calls to the API server, and its failure policy decides.
 */
export async function answerRequest(
  body: Uint8Array,
  { name: cluster, environment }: Pick<Cluster, 'name' | 'environment'>,
  { clock, knowledge, recorder }: Pick<AnsweringDependencies, 'clock' | 'knowledge' | 'recorder'>,
): Promise<AnsweredRequest> {
  const started = performance.now();
  const review = readReview(body);
  const asked = podOf(review);
  const { namespace } = review;
  const known = await knowledge(
    { cluster, namespace, ...(environment === undefined ? {} : { environment }) },
    wantedFor(asked),
  );
  const answered = answerReview(review, asked, known);
  const milliseconds = Math.round((performance.now() - started) * 1000) / 1000;
  return {
    reply: answered.reply,
    note: () => {
      if (!review.dryRun) recorder.record(notesOf(answered, { known, time: clock(), milliseconds }));
    },
  };
}

function notesOf(
  { decisions, unscanned }: AnsweredReview,
  { known, ...at }: { readonly known: Knowledge; readonly time: Date; readonly milliseconds: number },
): Parameters<Recorder['record']>[0] {
  const { host, environment } = known;
  return { host, ...(environment === undefined ? {} : { environment }), decisions: decisions(at), unscanned };
}

/** Cluster and key of a path, `/kubernetes/v1/CLUSTER/KEY`; the API server puts a query behind it. */
export function clusterOfPath(url: string): { readonly name: string; readonly key: string } {
  const [, name, key] = /^\/kubernetes\/v1\/([a-z0-9-]{1,64})\/([0-9a-f]{64})(?:\?|$)/.exec(url) ?? [];
  if (name !== undefined && key !== undefined) return { name, key };
  throw new AppError('not-found', 'There is nothing at this address.', {
    next: 'Use the manifest that `seawall gate kubernetes` prints.',
  });
}

/** Path at which a cluster asks. Each part is one that Kubernetes takes: lower case, no more than 253 characters. */
export function pathOfCluster(name: string, key: string): string {
  return `/kubernetes/v1/${name}/${key}`;
}

/** For the log: never the path, which holds the key. */
export function describeFailure(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
