import { sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import { announceClaims, type FactHandler, readFacts } from '#link/console/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { Transaction } from '#store/index.ts';
import { admitEntries } from '../admit-entries.ts';
import { BehaviourFact, type Evidence, type Entry } from '../contract.ts';
import { emptyEvidence, evidenceUntil, mergeEvidence } from '../evidence.ts';
import { evidenceSince } from '../evidence-since.ts';
import { entryKeyOf } from '../entry-key.ts';
import { modelIdIn } from '../model-id.ts';
import { recheckEntry, type RecheckTerms } from '../recheck-entry.ts';
import { endWaits, ensureModels } from './ensure-models.ts';
import { readExecutables } from './executables.ts';
import { lockModel, type ModelRow, unpackEvidence } from './models.ts';
import { bucketOf, type Dependencies } from './dependencies.ts';
import { type PlacedBehaviour, placeBehaviour } from './place-behaviour.ts';
import { runtimeRules } from './rules.ts';
import { saveModel } from './save-model.ts';
import { runtimeSchema } from './schema.ts';

/**
 * Fact `behaviour`. Models are taken in one order, because each is locked until all of the agent's facts are stored. A
 * report teaches the model of the environment in which the console knows its containers, and no other one.
 */
export function reportBehaviour(dependencies: Dependencies): FactHandler {
  return async (transaction, { name: host }, facts) => {
    const placed = await placeBehaviour(transaction, host, readFacts(facts, BehaviourFact));
    const byModel = Map.groupBy(placed, ({ body, environment }) => modelIdIn(body.key, environment));
    await ensureModels(
      transaction,
      placed.map(({ body, environment }) => ({ key: body.key, environment, repositories: [], awaitsStart: false })),
      dependencies,
    );
    await endWaits(transaction, [...byModel.keys()]);
    for (const id of [...byModel.keys()].toSorted()) {
      const row = await lockModel(transaction, id);
      if (row === undefined) throw new Error(`Model ${id} went while it was told of.`);
      await learn(transaction, dependencies, { host, row, placed: byModel.get(id) ?? [] });
    }
  };
}

interface Learning {
  readonly host: string;
  readonly row: ModelRow;
  readonly placed: readonly PlacedBehaviour[];
}

async function learn(
  transaction: Transaction,
  dependencies: Dependencies,
  { host, row, placed }: Learning,
): Promise<void> {
  const known = await unpackEvidence(row);
  const terms = await termsOf(transaction, row, placed);
  const reported = placed.reduce((sum, { at, body, containers }) => {
    const seen = believed(body.evidence, bucketOf(at, dependencies));
    const first = firstBucket(row, containers, dependencies);
    const since = first === undefined ? seen : evidenceSince(seen, first);
    const items = since.items.map((entry) => recheckEntry(entry, host, terms)).map(confirming(known));
    return mergeEvidence(sum, { ...since, items });
  }, emptyEvidence);
  const { evidence, added, refused } = admitEntries(row.state === 'manual' ? waiting(reported, known) : reported, {
    known,
    before: await contributionOf(transaction, row, host),
  });
  const merged = mergeEvidence(known, evidence);
  if (added > 0) await contribute(transaction, row, { host, added });
  if (refused > 0) await announceClaims(transaction, host, [claimOf(row, refused)]);
  if (JSON.stringify(merged) !== JSON.stringify(known))
    await saveModel(transaction, dependencies, { row, change: { evidence: merged } });
}

/**
 * From when on a report tells of the model: since it learns anew, and after the hour in which its containers came from
 * another environment. What they did there teaches nothing here.
 */
function firstBucket(
  { learns_from: from }: ModelRow,
  containers: PlacedBehaviour['containers'],
  dependencies: Dependencies,
): number | undefined {
  const moved = containers.flatMap(({ since }) => (since === undefined ? [] : [bucketOf(since, dependencies) + 1]));
  const all = [...(from === null ? [] : [bucketOf(from, dependencies)]), ...moved];
  return all.length === 0 ? undefined : Math.max(...all);
}

function claimOf({ digest }: ModelRow, refused: number) {
  const entries = refused === 1 ? '1 entry' : `${refused} entries`;
  return {
    reason: `A model of ${digest} has no room for more of what the host reports: ${entries} not stored.`,
    subject: digest,
  };
}

/** What the console knows of the image and of the rules where it was reported. */
async function termsOf(
  transaction: Transaction,
  { digest, entrypoint }: ModelRow,
  placed: readonly PlacedBehaviour[],
): Promise<RecheckTerms> {
  const rules = await runtimeRules.inForce(transaction);
  const collections = await readCollections(transaction);
  const places = placed.flatMap(({ containers }) => containers.map(({ place }) => place));
  const neverLearn = places.flatMap((place) => ruleFor(rules, collections, place)?.neverLearn ?? []);
  const programs = await readExecutables(transaction, digest);
  return {
    entrypoint,
    neverLearn: [...new Set(neverLearn)],
    ...(programs === undefined ? {} : { programs: new Set(programs.map(({ path }) => `/${path}`)) }),
  };
}

async function contributionOf(transaction: Transaction, { id }: ModelRow, host: string): Promise<number> {
  const row = await transaction
    .query(runtimeSchema)
    .selectFrom('contribution')
    .select('entries')
    .where('model', '=', id)
    .where('host', '=', host)
    .executeTakeFirst();
  return row?.entries ?? 0;
}

async function contribute(
  transaction: Transaction,
  { id: model }: ModelRow,
  { host, added }: { readonly host: string; readonly added: number },
): Promise<void> {
  await transaction
    .query(runtimeSchema)
    .insertInto('contribution')
    .values({ model, host, entries: added })
    .onConflict((conflict) =>
      conflict.columns(['model', 'host']).doUpdateSet({ entries: sql<number>`contribution.entries + ${added}` }),
    )
    .execute();
}

/** Later than the bucket after the one in which it was told, nothing can have been seen. */
function believed(evidence: Evidence, bucket: number): Evidence {
  const until = evidenceUntil(evidence, bucket + 1);
  return { ...until, items: until.items.map((entry) => ({ ...entry, key: entryKeyOf(entry.fact) })) };
}

/** What was taken over from an older image and is seen now is certain; how sure anything is, no agent says. */
function confirming({ items }: Evidence): (entry: Entry) => Entry {
  const inherited = new Set(items.flatMap(({ key, confidence }) => (confidence === undefined ? [] : [key])));
  return (entry) => (inherited.has(entry.key) ? { ...entry, confidence: 1 } : entry);
}

/** What is new to a model that people keep by hand waits for one of them. */
function waiting(evidence: Evidence, known: Evidence): Evidence {
  const keys = new Set(known.items.map(({ key }) => key));
  const items = evidence.items.map((entry): Entry => (keys.has(entry.key) ? entry : { ...entry, state: 'review' }));
  return { ...evidence, items };
}
