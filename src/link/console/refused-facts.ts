import { oneLine } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import type { RefusedFact } from './apply-facts.ts';
import { linkSchema } from './schema.ts';

/** Refused facts kept of one agent, the newest. */
const most = 1000;
const longestBody = 8192;
/** Characters of the reason why a fact was refused. */
export const longestReason = 500;

/** Where they came from and when. */
export interface RefusedBatch {
  readonly agent: string;
  readonly epoch: string;
  readonly now: Date;
}

/** Keeps them aside. */
export async function keepRefused(
  transaction: Transaction,
  refused: readonly RefusedFact[],
  { agent, epoch, now }: RefusedBatch,
): Promise<void> {
  if (refused.length === 0) return;
  const link = transaction.query(linkSchema);
  const rows = refused.slice(-most).map(({ fact, reason }) => ({
    agent,
    epoch,
    sequence: fact.sequence,
    kind: fact.kind,
    at: fact.at,
    body: JSON.stringify(fact.body).slice(0, longestBody).toWellFormed(),
    reason: oneLine(reason, longestReason),
    refused_at: now,
  }));
  await link.insertInto('refused_fact').values(rows).execute();
  const oldest = link
    .selectFrom('refused_fact')
    .select('id')
    .where('agent', '=', agent)
    .orderBy('id', 'desc')
    .offset(most)
    .limit(1);
  await link.deleteFrom('refused_fact').where('agent', '=', agent).where('id', '<=', oldest).execute();
}
