import { readCollections } from '#access/console/index.ts';
import { AppError, type Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { getStops, Model, RuntimeRule } from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { type ModelRow, readModel, readModelRow } from './models.ts';
import type { Dependencies } from './dependencies.ts';
import { readDetections } from './read-detections.ts';
import { runtimeRules } from './rules.ts';
import { runtimeSchema } from './schema.ts';
import { StopBook } from './stop-book.ts';

type Query = HandlerInput<typeof getStops>['query'];

export interface StopsTerms extends Pick<Dependencies, 'clock' | 'bucketSeconds'> {
  readonly view: View;
  /** Fires when the caller left. */
  readonly signal: AbortSignal;
}

/** Versions before a model whose alerts count too. */
const mostVersions = 20;

/**
 * What preventing everything would have stopped of what a model's containers did, and those of versions that it took over
 * from. Throws `not-found`.
 */
export async function readStops(
  queries: Queries,
  { id, days, when }: Query & { readonly id: string },
  { view, clock, bucketSeconds, signal }: StopsTerms,
): Promise<Immutable<ReplyOf<typeof getStops>>> {
  const [row, model] = [await readModelRow(queries, id), await readModel(queries, id)];
  if (row === undefined || model === undefined) throw new AppError('not-found', 'There is no such model.');
  const rule = await ruleOfModel(queries, row);
  const book = new StopBook({ days, rule: preventing(rule, when), view, clock, bucketSeconds });
  book.begin(when === 'now' ? switchedOn(model) : model, 'whole');
  const models = await versionsOf(queries, row);
  for await (const part of readDetections(queries, { since: book.since, models })) {
    signal.throwIfAborted();
    for (const { place, host, detection } of part) if (view === undefined || view(place)) book.add(id, detection, host);
  }
  const stops = await book.close(queries, 0);
  return { ...stops, ...(rule === undefined ? {} : { rule: { id: rule.id, name: rule.name } }) };
}

/** The rule that applies to a model's containers, or would apply to one. */
async function ruleOfModel(
  queries: Queries,
  { id, environment, repositories }: ModelRow,
): Promise<RuntimeRule | undefined> {
  const [rules, collections] = [await runtimeRules.inForce(queries), await readCollections(queries)];
  const running = await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .select('place')
    .where('model', '=', id)
    .orderBy('host')
    .orderBy('container')
    .executeTakeFirst();
  const resting = { images: repositories, labels: {}, ...(environment === '' ? {} : { environment }) };
  return ruleFor(rules, collections, running?.place ?? resting);
}

/** The rule with everything prevented that it can prevent. */
function preventing(rule: RuntimeRule | undefined, when: Query['when']): RuntimeRule {
  return {
    id: 'prevent',
    version: 1,
    name: 'Prevent',
    state: 'on',
    execSessions: rule?.execSessions ?? 'record',
    neverLearn: rule?.neverLearn ?? [],
    drift: 'prevent',
    code: 'prevent',
    process: 'prevent',
    preventFrom: when === 'now' ? 'active' : 'protect-ready',
  };
}

/** The model as it would be if a person activated it now. */
function switchedOn(model: Model): Model {
  if (model.state === 'manual') return model;
  return { ...model, state: 'active', activatedBy: model.activatedBy ?? 'nobody' };
}

/** The model and those of versions that it took over from, the newest first. */
async function versionsOf(queries: Queries, row: ModelRow): Promise<readonly string[]> {
  const found = [row.id];
  let at: ModelRow | undefined = row;
  while (at !== undefined && at.inherited_from !== null && found.length <= mostVersions) {
    const before = modelIdIn({ digest: at.inherited_from, entrypoint: at.entrypoint }, at.environment || undefined);
    if (found.includes(before)) break;
    at = await readModelRow(queries, before);
    if (at !== undefined) found.push(before);
  }
  return found;
}
