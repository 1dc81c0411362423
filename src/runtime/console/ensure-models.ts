import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { ModelKey } from '../contract.ts';
import { emptyEvidence } from '../evidence.ts';
import { modelIdIn, modelIdOf } from '../model-id.ts';
import { awaitedStarted, modelAppeared, modelChanged } from './facts.ts';
import { packEvidence } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';

/** An entrypoint that runs in an environment or is expected there, and the repositories that its image is known under. */
export interface WantedModel {
  readonly key: ModelKey;
  /** `undefined`: none. */
  readonly environment: string | undefined;
  readonly repositories: readonly string[];
  /** Whether it is expected only. */
  readonly awaitsStart: boolean;
}

/** Makes the models that there are none of yet, in the order of their ids; known ones learn of further repositories. */
export async function ensureModels(
  transaction: Transaction,
  wanted: readonly WantedModel[],
  { clock }: Pick<Dependencies, 'clock'>,
): Promise<void> {
  const byId = Map.groupBy(wanted, ({ key, environment }) => modelIdIn(key, environment));
  const evidence = await packEvidence(emptyEvidence);
  for (const id of [...byId.keys()].toSorted()) {
    const same = byId.get(id) ?? [];
    const [first] = same;
    if (first === undefined) continue;
    const repositories = [...new Set(same.flatMap((one) => one.repositories))].toSorted();
    if (await isKnown(transaction, id, repositories)) continue;
    await transaction
      .query(runtimeSchema)
      .insertInto('model')
      .values({ id, ...newModel(first, clock()), repositories, evidence })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ repositories: united(repositories) }))
      .execute();
    await transaction.announce(modelAppeared, { model: id });
    await transaction.announce(modelChanged, { model: id });
  }
}

/** A container of these models was started: those that were made before it wait no more. */
export async function endWaits(transaction: Transaction, models: readonly string[]): Promise<void> {
  const started = await transaction
    .query(runtimeSchema)
    .updateTable('model')
    .set({ awaits_start: false })
    .where('id', '=', sql<string>`any(${models}::text[])`)
    .where('awaits_start', '=', true)
    .returning('id')
    .execute();
  for (const { id } of started) await transaction.announce(awaitedStarted, { model: id });
}

/** Most containers that are followed have a model that knows all of this. */
async function isKnown(transaction: Transaction, id: string, repositories: readonly string[]): Promise<boolean> {
  const found = await transaction
    .query(runtimeSchema)
    .selectFrom('model')
    .select('id')
    .where('id', '=', id)
    .where(sql<boolean>`repositories @> ${repositories}::text[]`)
    .executeTakeFirst();
  return found !== undefined;
}

function united(repositories: readonly string[]) {
  return sql<readonly string[]>`(select coalesce(array_agg(distinct name order by name), '{}')
    from unnest(runtime.model.repositories || ${repositories}::text[]) as name)`;
}

function newModel({ key, environment, awaitsStart }: WantedModel, now: Date) {
  const { digest, entrypoint } = key;
  return {
    key_id: modelIdOf(key),
    environment: environment ?? '',
    evidence_from: [],
    digest,
    entrypoint: JSON.stringify(entrypoint),
    state: 'learning' as const,
    version: 1,
    partial: false,
    content: '',
    convergence: JSON.stringify({}),
    counts: JSON.stringify({ entries: 0, unconfirmed: 0, pending: 0, review: 0 }),
    learns_from: null,
    evaluated: 0,
    activated_at: null,
    activated_by: null,
    inherited_from: null,
    inherited_at: null,
    inherited_changes: null,
    awaits_start: awaitsStart,
    created_at: now,
    changed_at: now,
  };
}
