import { createHash } from 'node:crypto';
import type { Transaction } from '#store/index.ts';
import type { Evidence, Item, ItemState, Model, ModelSummary } from '../contract.ts';
import { isPartial } from '../evidence.ts';
import { modelChanged } from './facts.ts';
import { type ModelRow, packEvidence, readDecisions, withDecisions } from './models.ts';
import { tellAgents } from './order-notices.ts';
import { bucketOf, type Parts } from './parts.ts';
import { runtimeSchema } from './schema.ts';

/** How a model is to stand from now on; what is not named stays. */
export interface ModelChange {
  readonly evidence: Evidence;
  readonly state?: Model['state'];
  readonly columns?: Partial<
    Pick<ModelRow, 'activated_at' | 'activated_by' | 'inherited_from' | 'inherited_at' | 'learns_from'>
  >;
}

/**
 * Stores a model with what follows from its evidence and from what people decided. Its version rises when agents must
 * hear of it. Needs the model's lock.
 */
export async function saveModel(
  transaction: Transaction,
  parts: Parts,
  { row, change }: { readonly row: ModelRow; readonly change: ModelChange },
): Promise<void> {
  const now = parts.clock();
  const evidence = withDecisions(change.evidence, await readDecisions(transaction, row.id));
  const next = {
    ...change.columns,
    state: change.state ?? row.state,
    partial: isPartial(evidence),
  };
  const content = contentOf({ ...row, ...next }, evidence);
  const version = content === row.content ? row.version : row.version + 1;
  await transaction
    .query(runtimeSchema)
    .updateTable('model')
    .set({
      ...next,
      content,
      version,
      evidence: await packEvidence(change.evidence),
      counts: JSON.stringify(countsOf(evidence.items)),
      evaluated: bucketOf(now, parts),
      changed_at: now,
    })
    .where('id', '=', row.id)
    .execute();
  await transaction.announce(modelChanged, { model: row.id });
  if (version !== row.version) await tellAgents(transaction, { kind: 'image', digest: row.digest });
}

function countsOf(items: readonly Item[]): ModelSummary['counts'] {
  const count = (state: ItemState): number => items.filter((item) => item.state === state).length;
  return {
    items: count('confirmed'),
    unconfirmed: count('unconfirmed'),
    pending: count('pending'),
    review: count('review'),
  };
}

/** What agents judge by. Hours alone are not in it: each agent counts its own, and hears of all with the next change. */
function contentOf(
  { state, partial, convergence, activated_at }: Pick<ModelRow, 'state' | 'partial' | 'convergence' | 'activated_at'>,
  { items, starts }: Evidence,
): string {
  const verdicts = Object.entries(convergence).map(
    ([dimension, { verdict, hourOfDayMask, weekdayMask, starts: count }]) => [
      dimension,
      verdict,
      hourOfDayMask,
      weekdayMask,
      Math.min(count, 3),
    ],
  );
  const lines = items.map(({ key, state: stands, class: weight, source }) => [key, stands, weight, source]);
  return createHash('sha256')
    .update(JSON.stringify([state, partial, activated_at, verdicts, starts.bits !== undefined, lines]))
    .digest('hex');
}
