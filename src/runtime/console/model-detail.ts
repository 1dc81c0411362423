import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { anyAppletOf, currentEntries } from '../applet-entries.ts';
import type { getModel, Entry, Model, ModelSummary } from '../contract.ts';
import { readExecutables } from './executables.ts';
import { readModel } from './models.ts';
import { readSummary } from './model-summaries.ts';
import { runtimeSchema } from './schema.ts';

type Detail = Immutable<ReplyOf<typeof getModel>>;

const day = 24 * 60 * 60_000;
/** Days of stored detections that are counted. */
const daysLookedAt = 14;
/** Points of a curve that a page can draw. */
const mostPoints = 4_000;

/** Throws `not-found` when there is none that the caller may see. */
export async function readDetail(
  queries: Queries,
  id: string,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<Detail> {
  const summary = await visibleSummary(queries, id, view);
  const whole = await readModel(queries, id);
  if (whole === undefined) throw new AppError('not-found', 'There is no such model.');
  const model = visibleModel(whole, view);
  return {
    summary,
    model,
    curve: await readCurve(queries, id),
    wouldHaveStopped: await countStoppable(queries, id, sinceDays(now)),
    ...(await readPrograms(queries, model)),
  };
}

/** Hosts that the caller may not see are named to nobody. */
function visibleModel({ evidence, ...model }: Model, view: View): Model {
  const items = currentEntries(evidence.items).map((entry) => visibleEntry(withScope(entry), model, view));
  return { ...model, evidence: { ...evidence, items } };
}

/** Says of what was learned before applets were recorded that it holds for each. */
function withScope(entry: Entry): Entry {
  const anyApplet = anyAppletOf(entry);
  return anyApplet === undefined ? entry : { ...entry, anyApplet };
}

function visibleEntry(entry: Entry, { environment }: Pick<Model, 'environment'>, view: View): Entry {
  const { claimedBy: host, ...others } = entry;
  if (host === undefined || view === undefined) return entry;
  return view({ host, images: [], labels: {}, ...(environment === undefined ? {} : { environment }) }) ? entry : others;
}

/** Package that owns each program of a model, by path, as the catalog knows it. */
export async function readPackages(queries: Queries, model: Model): Promise<Detail['packages']> {
  return (await readPrograms(queries, model)).packages;
}

/** What the catalog knows of the programs that stand in the model. */
async function readPrograms(queries: Queries, model: Model): Promise<Pick<Detail, 'packages' | 'executables'>> {
  const { items } = model.evidence;
  const wanted = new Set(items.flatMap(({ fact }) => [fact.path, ...('caller' in fact ? [fact.caller] : [])]));
  const found = (await readExecutables(queries, model.key.digest)) ?? [];
  const known = found.map((one) => ({ ...one, path: `/${one.path}` })).filter(({ path }) => wanted.has(path));
  return {
    packages: Object.fromEntries(
      known.flatMap(({ path, package: owner }) => (owner === undefined ? [] : [[path, owner.slice(0, 1024)]])),
    ),
    executables: Object.fromEntries(known.map(({ path, sha256, md5 }) => [path, { sha256, md5 }])),
  };
}

/** Throws `not-found` when there is none that the caller may see. */
export async function visibleSummary(queries: Queries, id: string, view: View): Promise<ModelSummary> {
  const summary = await readSummary(queries, id, view);
  if (summary === undefined) throw new AppError('not-found', 'There is no such model.');
  return summary;
}

/** Beginning of the days that are looked at. */
export function sinceDays(now: Date): Date {
  return new Date(now.getTime() - daysLookedAt * day);
}

async function readCurve(queries: Queries, model: string): Promise<Detail['curve']> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('curve')
    .select(['at', 'dimension', 'hours', 'upper80'])
    .where('model', '=', model)
    .orderBy('bucket', 'desc')
    .orderBy('dimension')
    .limit(mostPoints)
    .execute();
  return rows.toReversed().map(({ at, dimension, hours, upper80 }) => ({
    at: at.toISOString(),
    dimension,
    hours,
    ...(upper80 === null ? {} : { upper80 }),
  }));
}

/** What happened, was objected to, and was let through. */
async function countStoppable(queries: Queries, model: string, since: Date): Promise<number> {
  const row = await queries
    .query(runtimeSchema)
    .selectFrom('detection')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('model', '=', model)
    .where('time', '>=', since)
    .where('notice', '=', false)
    .where('outcome', '=', 'observed')
    .where('effect', '!=', 'ignore')
    .executeTakeFirst();
  return row?.count ?? 0;
}
