import { sql } from 'kysely';
import type { ImageDigest } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { HandlerInput } from '#http/index.ts';
import { type Placement, readPlacements, type View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { listModels, ModelSummary } from '../contract.ts';
import type { ModelRow } from './models.ts';
import { subjectOf } from './dependencies.ts';
import { type Place, runtimeSchema } from './schema.ts';

type Query = HandlerInput<typeof listModels>['query'];

/** Models by the names of their images, as far as the caller may see them. */
export async function listSummaries(
  queries: Queries,
  query: Query,
  view: View,
): Promise<{ readonly models: readonly ModelSummary[]; readonly total: number }> {
  const found = (await readSummaries(queries, query, view)).filter((summary) => isAskedFor(summary, query));
  const models = found.toSorted((left, right) => compare(sortKey(left), sortKey(right)));
  return { models: models.slice(query.offset, query.offset + query.limit), total: models.length };
}

/** One model's line; `undefined` when there is none that the caller may see. */
export async function readSummary(queries: Queries, id: string, view: View): Promise<ModelSummary | undefined> {
  return (await readSummaries(queries, { id }, view))[0];
}

interface Wanted {
  readonly id?: string;
  readonly state?: ModelSummary['state'] | undefined;
  readonly image?: ImageDigest | undefined;
}

async function readSummaries(queries: Queries, wanted: Wanted, view: View): Promise<readonly ModelSummary[]> {
  const rows = await readRows(queries, wanted);
  const running = Map.groupBy(await readRunning(queries, rows), ({ model }) => model);
  const subjects = [...new Set(rows.map(({ digest }) => subjectOf(digest)))];
  const placements = await readPlacements(queries, subjects);
  return rows.flatMap((row) => {
    const presence = {
      running: (running.get(row.id) ?? []).filter(({ place }) => view === undefined || view(place)),
      placements: (placements.get(subjectOf(row.digest)) ?? []).filter(
        (placement) => (placement.environment ?? '') === row.environment && (view?.(placeOf(placement)) ?? true),
      ),
    };
    if (view === undefined) return [toSummary(row, presence, row.repositories)];
    // What a repository is called elsewhere is nothing for who sees a part.
    const names = presence.running.flatMap(({ place }) => place.images);
    return presence.running.length + presence.placements.length > 0 ? [toSummary(row, presence, names)] : [];
  });
}

const columns = [
  'id',
  'environment',
  'evidence_from',
  'digest',
  'entrypoint',
  'repositories',
  'state',
  'partial',
  'convergence',
  'counts',
  'activated_at',
  'inherited_from',
  'changed_at',
] as const satisfies readonly (keyof ModelRow)[];

type SummaryRow = Pick<ModelRow, (typeof columns)[number]>;

async function readRows(queries: Queries, { id, state, image }: Wanted): Promise<readonly SummaryRow[]> {
  let found = queries.query(runtimeSchema).selectFrom('model').select(columns);
  if (id !== undefined) found = found.where('id', '=', id);
  if (state !== undefined) found = found.where('state', '=', state);
  if (image !== undefined) found = found.where('digest', '=', image);
  return await found.execute();
}

interface Running {
  readonly model: string;
  readonly host: string;
  readonly environment: string | null;
  readonly place: Place;
}

async function readRunning(queries: Queries, rows: readonly SummaryRow[]): Promise<readonly Running[]> {
  return await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .select(['model', 'host', 'environment', 'place'])
    .where('model', '=', sql<string>`any(${rows.map(({ id }) => id)}::text[])`)
    .execute();
}

/** Where a model's containers run, and where its image lies, as far as the caller may see it. */
interface Presence {
  readonly running: readonly Running[];
  readonly placements: readonly Placement[];
}

function placeOf({ host, environment, names }: Placement): Selectable {
  return { host, images: names, labels: {}, ...(environment === undefined ? {} : { environment }) };
}

/** `otherwise`: what an image without a name is called. */
function toSummary(row: SummaryRow, { running, placements }: Presence, otherwise: readonly string[]): ModelSummary {
  const names = [...new Set(placements.flatMap((placement) => placement.names))].toSorted();
  return {
    id: row.id,
    key: { digest: row.digest, entrypoint: row.entrypoint },
    names: (names.length > 0 ? names : [...new Set(otherwise)]).slice(0, 100),
    state: row.state,
    partial: row.partial,
    convergence: row.convergence,
    counts: row.counts,
    containers: running.length,
    hosts: new Set(running.map(({ host }) => host)).size,
    ...(row.environment === '' ? {} : { environment: row.environment }),
    evidenceFrom: row.evidence_from,
    ...(row.inherited_from === null ? {} : { inheritedFrom: row.inherited_from }),
    ...(row.activated_at === null ? {} : { activatedAt: row.activated_at.toISOString() }),
    changedAt: row.changed_at.toISOString(),
  };
}

function isAskedFor(
  { names, key, environment, activatedAt = '' }: ModelSummary,
  { search, environment: asked, activatedSince }: Query,
): boolean {
  if (asked !== undefined && (environment ?? 'none') !== asked) return false;
  if (activatedSince !== undefined && activatedAt < new Date(activatedSince).toISOString()) return false;
  if (search === undefined) return true;
  const text = [...names, key.entrypoint.join(' '), key.digest].join('\n').toLowerCase();
  return text.includes(search.toLowerCase());
}

function sortKey({ names, key, environment, id }: ModelSummary): string {
  return [names[0] ?? key.digest, key.entrypoint.join(' '), environment ?? '', id].join('\u0000');
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
