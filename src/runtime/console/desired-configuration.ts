import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { AppError, type Clock, type ImageDigest } from '#base/index.ts';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import { type HostStarts, readHostStarts, readHostState } from '#inventory/console/index.ts';
import type { Queries, Store, Waits } from '#store/index.ts';
import { getDesiredConfiguration, type Model, type DesiredConfiguration, type RuntimeRule } from '../contract.ts';
import { modelIdIn, modelIdOf } from '../model-id.ts';
import { canApply } from '../can-apply.ts';
import { readModels } from './models.ts';
import type { WaitingAgent } from './notify-agents.ts';
import { subjectOf } from './dependencies.ts';
import { runtimeRules } from './rules.ts';
import { readQuestions } from './running-code.ts';
import { runtimeSchema } from './schema.ts';

type Asked = HandlerInput<typeof getDesiredConfiguration>['body'];

export interface ConfigurationOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly waits: Waits<WaitingAgent>;
  readonly bucketSeconds: number;
}

/** What an agent enforces. It waits while the agent has the newest, and then says the same again without models. */
export function configurationRoute({ store, clock, waits, bucketSeconds }: ConfigurationOptions): Route {
  return route(getDesiredConfiguration, async ({ body, principal, request }) => {
    const host = hostOf(principal);
    const patience = AbortSignal.any([request.signal, AbortSignal.timeout(body.wait * 1000)]);
    const digests = new Set<string>([...body.models.map(({ key }) => key.digest), ...body.images]);
    let last: Current | undefined;
    const newer = async (): Promise<Current | undefined> => {
      last = await readCurrent(store, body, { host, now: clock(), bucketSeconds });
      return isKnown(last, body.known) ? undefined : last;
    };
    const current = (await waits.wait({ host, digests }, newer, patience)) ?? last;
    if (current === undefined) throw new Error('The configuration was waited for and not read.');
    return { ...current.configuration, models: await readModels(store, current.newer) };
  });
}

function hostOf(principal: Principal | undefined): string {
  if (principal?.kind === 'agent') return principal.name;
  throw new AppError('not-allowed', 'Only an agent with its certificate may do this.');
}

interface Current {
  readonly configuration: Omit<DesiredConfiguration, 'models'>;
  /** Ids of models that the agent has not, or in another version. */
  readonly newer: readonly string[];
}

/** Models that the agent does not have are told whatever revision it knows. */
function isKnown({ configuration, newer }: Current, known: string | undefined): boolean {
  return configuration.revision === known && newer.length === 0;
}

async function readCurrent(
  queries: Queries,
  asked: Asked,
  { host, now, bucketSeconds }: { readonly host: string; readonly now: Date; readonly bucketSeconds: number },
): Promise<Current> {
  const state = await readHostState(queries, host);
  const environment = state?.environmentFrom === 'collection' ? state.environment : undefined;
  const [starts] = await readHostStarts(queries, [host]);
  const all = await readCollections(queries);
  const rules = (await runtimeRules.inForce(queries)).filter((rule) =>
    canApply(rule, all, hostEnvironments(host, starts)),
  );
  const collections = namedBy(rules, all);
  const wanted = await wantedModels(queries, asked, { host, starts });
  const models = await readVersions(queries, [...wanted.keys()]);
  const questions = await readQuestions(queries, host, now);
  const hostEnvironment = starts?.environment;
  const place = { environment, hostEnvironment };
  const reported = { bucketSeconds, place, rules, collections, ...(questions.length > 0 && { questions }) };
  return {
    configuration: {
      revision: digestOf([reported, models.map(({ id, version }) => [id, version])]),
      bucketSeconds,
      ...(environment === undefined ? {} : { environment }),
      ...(hostEnvironment === undefined ? {} : { hostEnvironment }),
      rules,
      collections,
      ...(questions.length > 0 && { questions }),
    },
    newer: models.filter(({ id, version }) => version !== wanted.get(id)).map(({ id }) => id),
  };
}

function namedBy(rules: readonly RuntimeRule[], collections: readonly Collection[]): readonly Collection[] {
  const named = new Set(rules.flatMap((rule) => rule.collections ?? []));
  return collections.filter(({ id }) => named.has(id));
}

/** Environments in which containers of a host may run. */
function hostEnvironments(host: string, starts: HostStarts | undefined): Parameters<typeof canApply>[2] {
  const own = starts?.environment;
  return { host, environments: [...(own === undefined ? [] : [own]), ...(starts?.allowed ?? [])] };
}

/**
 * Of the models that the agent asks for, those of images that its host holds now, in environments where its containers
 * may run; with the version that it has. Besides, what may be started next of the images that lie there.
 */
async function wantedModels(
  queries: Queries,
  { models, images }: Asked,
  { host, starts }: { readonly host: string; readonly starts: HostStarts | undefined },
): Promise<ReadonlyMap<string, number>> {
  if (starts === undefined) return new Map();
  const held = new Set(starts.images.map(({ subject }) => subject));
  const placeOf = placing(models, await readRunning(queries, host), starts.environment);
  const { environments } = hostEnvironments(host, starts);
  const next = await readNext(
    queries,
    images.filter((digest) => held.has(subjectOf(digest))),
    {
      host,
      environment: starts.environment,
    },
  );
  const asked = models
    .filter(({ key }) => held.has(subjectOf(key.digest)))
    .filter(({ environment }) => environment === undefined || environments.includes(environment))
    .map(({ key, version, environment = placeOf(key) }) => [modelIdIn(key, environment), version] as const);
  return new Map([...next.map((id) => [id, 0] as const), ...asked]);
}

/**
 * The environment of a model that is asked for without one: where its containers run, unless the agent names that besides;
 * else the host's own.
 */
function placing(
  models: Asked['models'],
  running: ReadonlyMap<string, ReadonlySet<string>>,
  own: string | undefined,
): (key: Asked['models'][number]['key']) => string | undefined {
  const named = new Set(
    models.flatMap(({ key, environment }) => (environment === undefined ? [] : [modelIdIn(key, environment)])),
  );
  return (key) => {
    const only = onlyOne(running.get(modelIdOf(key)));
    return only === undefined || named.has(modelIdIn(key, only)) ? own : only;
  };
}

/** Models that an agent has before their containers come. */
const mostNext = 100;

/**
 * The newest of these images that judge something, in the host's own environment, of commands that this host runs or told
 * of: a container of a new version needs no question then, and nobody learns what other hosts run.
 */
async function readNext(
  queries: Queries,
  images: readonly ImageDigest[],
  { host, environment = '' }: { readonly host: string; readonly environment: string | undefined },
): Promise<readonly string[]> {
  if (images.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    with known as materialized (
      select id, entrypoint::text as command, repositories from runtime.model
      where environment = ${environment} and id in (
        select model from runtime.running where host = ${host}
        union select model from runtime.contribution where host = ${host})
    )
    select id from runtime.model as next
    where digest = any(${images}::text[]) and environment = ${environment} and state in ('active', 'manual')
      and exists (
        select from known
        where known.command = next.entrypoint::text
          and (known.repositories && next.repositories or known.id = next.id))
    order by created_at desc, id limit ${mostNext}`.execute(queries.query(runtimeSchema));
  return rows.map(({ id }) => id);
}

/** Environments of what runs on a host, by `key_id`. */
async function readRunning(queries: Queries, host: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .innerJoin('model', 'model.id', 'running.model')
    .select(['model.key_id', 'model.environment'])
    .distinct()
    .where('running.host', '=', host)
    .execute();
  const byKey = Map.groupBy(rows, ({ key_id }) => key_id);
  return new Map([...byKey].map(([key, same]) => [key, new Set(same.map(({ environment }) => environment))]));
}

function onlyOne(environments: ReadonlySet<string> | undefined): string | undefined {
  const [environment] = environments ?? [];
  return environments?.size === 1 && environment !== '' ? environment : undefined;
}

async function readVersions(
  queries: Queries,
  ids: readonly string[],
): Promise<readonly (Pick<Model, 'version'> & { readonly id: string })[]> {
  return await queries
    .query(runtimeSchema)
    .selectFrom('model')
    .select(['id', 'version'])
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('id')
    .execute();
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}
