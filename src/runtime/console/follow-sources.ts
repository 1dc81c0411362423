import { sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { Queries } from '#store/index.ts';
import type { RuntimeRule } from '../contract.ts';
import { modelStateOf } from '../converge.ts';
import { sourcesFor } from '../sources-for.ts';
import { lockModel, type ModelRow, unpackEvidence } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { runtimeRules } from './rules.ts';
import { convergenceOf, type ModelChange, saveModel, shownEvidence } from './save-model.ts';
import { type Place, runtimeSchema } from './schema.ts';

/** Brings every model to the environments that the rules in force name. */
export async function followSources(dependencies: Dependencies): Promise<void> {
  const rules = await runtimeRules.inForce(dependencies.store);
  const collections = await readCollections(dependencies.store);
  for (const { id, to } of await movedModels(dependencies.store, rules, collections))
    await moveModel(dependencies, id, to);
}

/** What agents of one environment reported counts in models of others that name it. */
export async function carryToOthers(dependencies: Dependencies, model: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select other.id from runtime.model as other
    join runtime.model as source on source.key_id = other.key_id and source.environment = any(other.evidence_from)
    where source.id = ${model} order by other.id`.execute(dependencies.store.query(runtimeSchema));
  for (const { id } of rows)
    await dependencies.store.transaction(async (transaction) => {
      const row = await lockModel(transaction, id);
      if (row === undefined) return;
      await saveModel(transaction, dependencies, { row, change: { evidence: await unpackEvidence(row) } });
    });
}

/** A model that other environments count in than before. */
export interface MovedModel {
  readonly id: string;
  readonly to: readonly string[];
}

/** Models that would count other environments by these rules than they do now. */
export async function movedModels(
  queries: Queries,
  rules: readonly RuntimeRule[],
  collections: readonly Collection[],
): Promise<readonly MovedModel[]> {
  const isNamed = rules.some(({ evidenceFrom = [] }) => evidenceFrom.length > 0);
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('model')
    .select(['id', 'environment', 'repositories', 'evidence_from'])
    .where(isNamed ? sql<boolean>`true` : sql<boolean>`evidence_from <> '{}'`)
    .orderBy('id')
    .execute();
  if (rows.length === 0) return [];
  const places = await readPlaces(queries);
  return rows.flatMap(({ id, environment, repositories, evidence_from: from }) => {
    const to = sourcesFor(rules, collections, { environment, repositories, places: places.get(id) ?? [] });
    return to.join(' ') === from.join(' ') ? [] : [{ id, to }];
  });
}

async function readPlaces(queries: Queries): Promise<ReadonlyMap<string, readonly Place[]>> {
  const rows = await queries.query(runtimeSchema).selectFrom('running').select(['model', 'place']).execute();
  const byModel = Map.groupBy(rows, ({ model }) => model);
  return new Map([...byModel].map(([model, running]) => [model, running.map(({ place }) => place)]));
}

async function moveModel(dependencies: Dependencies, id: string, to: readonly string[]): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    const row = await lockModel(transaction, id);
    if (row === undefined) return;
    await saveModel(transaction, dependencies, { row, change: await changeTo(transaction, dependencies, { row, to }) });
  });
}

/** A model that was active by evidence which counts no more learns again, unless its own suffices. */
export async function changeTo(
  queries: Queries,
  dependencies: Pick<Dependencies, 'clock' | 'bucketSeconds'>,
  { row, to }: { readonly row: ModelRow; readonly to: readonly string[] },
): Promise<ModelChange> {
  const evidence = await unpackEvidence(row);
  const columns = { evidence_from: to };
  if (row.evidence_from.every((one) => to.includes(one))) return { evidence, columns };
  const shown = await shownEvidence(queries, { ...row, ...columns }, evidence);
  const convergence = convergenceOf(shown, {}, { ...dependencies, now: dependencies.clock() });
  const stays =
    row.state !== 'active' || row.activated_by !== null || modelStateOf('learning', convergence) === 'active';
  return { evidence, before: {}, columns: stays ? columns : { ...columns, state: 'learning', activated_at: null } };
}
