import { sql } from 'kysely';
import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { type Detection, Dimension, type getIncident, type Model } from '../contract.ts';
import { entryText } from '../entry-text.ts';
import { detectionsOf } from './alerts.ts';
import { type IncidentRow, readSeenIncident, toIncident } from './incidents.ts';
import { readModel } from './models.ts';
import { runtimeSchema } from './schema.ts';

type Detail = Immutable<ReplyOf<typeof getIncident>>;

/** Lines of a model that a page shows beside what happened. */
const mostLines = 200;

/** Throws `not-found` when there is none that the caller may see. */
export async function readIncident(queries: Queries, id: number, view: View): Promise<Detail> {
  const seen = await readSeenIncident(queries, id, view);
  if (seen === undefined) throw new AppError('not-found', 'There is no such incident.');
  const { row } = seen;
  const detections = await detectionsOf(queries, seen, view);
  const model = row.model === null ? undefined : await readModel(queries, row.model);
  return {
    incident: toIncident(row),
    detections,
    expected: model === undefined ? {} : expectedBy(model),
    siblings: await readSiblings(queries, row, { first: detections[0], view }),
  };
}

function expectedBy({ evidence }: Model): Detail['expected'] {
  const trusted = evidence.items.filter(({ state }) => state === 'confirmed' || state === 'pending');
  return Object.fromEntries(
    Dimension.options.flatMap((dimension) => {
      const lines = trusted
        .filter(({ fact }) => fact.dimension === dimension)
        .map(({ fact, key }) => (entryText(fact) ?? key).slice(0, 4096));
      return lines.length === 0 ? [] : [[dimension, lines.slice(0, mostLines)]];
    }),
  );
}

/** Containers of the same image that run where the caller may see them, and those in which the same was detected. */
async function readSiblings(
  queries: Queries,
  { digest }: IncidentRow,
  { first, view }: { readonly first: Detection | undefined; readonly view: View },
): Promise<Detail['siblings']> {
  if (digest === null || first === undefined) return { running: 0, same: 0 };
  const database = queries.query(runtimeSchema);
  const everywhere = await database
    .selectFrom('running')
    .select(['container', 'place'])
    .where('digest', '=', digest)
    .execute();
  const running = everywhere.filter(({ place }) => view === undefined || view(place));
  const ids = running.map(({ container }) => container);
  const detected = await database
    .selectFrom('detection')
    .select(['container', 'detection'])
    .where('digest', '=', digest)
    .where('notice', '=', false)
    .where('container', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('time', 'desc')
    .limit(10_000)
    .execute();
  const same = detected.filter(({ detection }) => sameThing(detection) === sameThing(first));
  return { running: ids.length, same: new Set(same.map(({ container }) => container)).size };
}

function sameThing({ detector, process, file }: Detection): string {
  return JSON.stringify([detector, process.path, file?.path]);
}
