import { AppError } from '#base/index.ts';
import { subjectsKnownOnHost } from '#inventory/console/index.ts';
import { type FactHandler, type ReadFact, readFacts } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { BehaviourFact, type Evidence, type Item, type ItemState } from '../contract.ts';
import { evidenceUntil, mergeEvidence } from '../evidence.ts';
import { evidenceSince } from '../evidence-since.ts';
import { itemKeyOf } from '../item-key.ts';
import { modelIdOf } from '../model-id.ts';
import { ensureModels } from './ensure-models.ts';
import { lockModel, type ModelRow, unpackEvidence } from './models.ts';
import { bucketOf, type Parts, subjectOf } from './parts.ts';
import { saveModel } from './save-model.ts';

/**
 * Fact `behaviour`. Models are taken in one order, because each is locked until all of the agent's facts are stored. What
 * is of an image that the agent's host never held is refused: nobody else is to be taught by it.
 */
export function reportBehaviour(parts: Parts): FactHandler {
  return async (transaction, { name: host }, facts) => {
    const told = readFacts(facts, BehaviourFact);
    await checkHeld(transaction, host, told);
    const byModel = Map.groupBy(told, ({ body }) => modelIdOf(body.key));
    await ensureModels(
      transaction,
      told.map(({ body }) => ({ key: body.key, repositories: [] })),
      parts,
    );
    for (const id of [...byModel.keys()].toSorted()) {
      const row = await lockModel(transaction, id);
      if (row === undefined) throw new Error(`Model ${id} went while it was told of.`);
      await learn(transaction, parts, { row, told: byModel.get(id) ?? [] });
    }
  };
}

async function checkHeld(
  transaction: Transaction,
  host: string,
  told: readonly ReadFact<BehaviourFact>[],
): Promise<void> {
  const subjects = [...new Set(told.map(({ body }) => subjectOf(body.key.digest)))];
  const held = await subjectsKnownOnHost(transaction, host, subjects);
  const foreign = subjects.find((subject) => !held.has(subject));
  if (foreign !== undefined) throw new AppError('bad-request', `key: ${host} holds no image ${foreign}.`);
}

async function learn(
  transaction: Transaction,
  parts: Parts,
  { row, told }: { readonly row: ModelRow; readonly told: readonly ReadFact<BehaviourFact>[] },
): Promise<void> {
  const known = await unpackEvidence(row);
  const merged = told.reduce((sum, { at, body }) => {
    const seen = believed(body.evidence, bucketOf(at, parts));
    const since = row.learns_from === null ? seen : evidenceSince(seen, bucketOf(row.learns_from, parts));
    const fitted = { ...since, items: since.items.map(confirming(known)) };
    return mergeEvidence(sum, row.state === 'manual' ? waiting(fitted, known) : fitted);
  }, known);
  if (JSON.stringify(merged) !== JSON.stringify(known))
    await saveModel(transaction, parts, { row, change: { evidence: merged } });
}

/** Later than the bucket after the one in which it was told, nothing can have been seen. */
function believed(evidence: Evidence, bucket: number): Evidence {
  const until = evidenceUntil(evidence, bucket + 1);
  return { ...until, items: until.items.map(asSeen) };
}

/** An agent tells what was seen; it does not speak for people, and the fact alone gives a line its name. */
function asSeen(item: Item): Item {
  const { decidedBy: _, decidedAt: __, ...seen } = item;
  const isDecided = item.decidedAt !== undefined || item.source === 'user' || item.state === 'denied';
  return {
    ...seen,
    key: itemKeyOf(item.fact),
    source: item.source === 'static' ? 'static' : 'learned',
    state: isDecided ? undecided[item.class] : item.state,
  };
}

const undecided: Readonly<Record<Item['class'], ItemState>> = {
  benign: 'confirmed',
  notable: 'unconfirmed',
  forbidden: 'review',
};

/** What was taken over from an older image and is seen now is certain; how sure anything is, no agent says. */
function confirming({ items }: Evidence): (item: Item) => Item {
  const inherited = new Set(items.flatMap(({ key, confidence }) => (confidence === undefined ? [] : [key])));
  return (item) => {
    const { confidence: _, ...seen } = item;
    return inherited.has(item.key) ? { ...seen, confidence: 1 } : seen;
  };
}

/** What is new to a model that people keep by hand waits for one of them. */
function waiting(evidence: Evidence, known: Evidence): Evidence {
  const keys = new Set(known.items.map(({ key }) => key));
  const items = evidence.items.map((item): Item => (keys.has(item.key) ? item : { ...item, state: 'review' }));
  return { ...evidence, items };
}
