import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import { type countIncidentDays, fullZone, type Incident, type IncidentDay, mostIncidentDays } from '../contract.ts';
import { asked, visibleParts } from './incidents.ts';
import { runtimeSchema } from './schema.ts';

type Query = HandlerInput<typeof countIncidentDays>['query'];

/** Answers `countIncidentDays` as far as the caller may see. Throws `bad-request` for a zone that PostgreSQL does not know. */
export async function readIncidentDays(
  queries: Queries,
  query: Query,
  view: View,
): Promise<{ readonly days: readonly IncidentDay[] }> {
  const { zone: named, ...filter } = query;
  const zone = fullZone(named) ?? named;
  const counts =
    view === undefined
      ? await countAll(queries, { ...filter, zone })
      : await countVisible(visibleParts(queries, filter, view), zone);
  return { days: counts.toSorted((left, right) => (left.day < right.day ? -1 : 1)).slice(-mostIncidentDays) };
}

async function countAll(queries: Queries, { zone, ...filter }: Query): Promise<readonly IncidentDay[]> {
  const { rows } = await sql<IncidentDay>`
    select to_char(last_at at time zone ${zone}, 'YYYY-MM-DD') as day,
      (count(*) filter (where severity = 'critical'))::int as critical,
      (count(*) filter (where severity = 'high'))::int as high,
      (count(*) filter (where severity = 'medium'))::int as medium,
      (count(*) filter (where severity = 'low'))::int as low
    from runtime.incident where ${asked(filter)} group by 1 order by 1 desc limit ${mostIncidentDays}`
    .execute(queries.query(runtimeSchema))
    .catch((error: unknown) => refused(error, zone));
  return rows;
}

/** PostgreSQL and Node have their own lists of time zones. */
function refused(cause: unknown, zone: string): never {
  if (Object(cause).code !== '22023') throw cause;
  throw new AppError('bad-request', `The database does not know the time zone ${zone}.`, {
    next: 'Name another zone, such as UTC.',
    cause,
  });
}

type SeenPart = Pick<Incident, 'severity'> & { readonly last_at: Date };

async function countVisible(
  dependencies: AsyncIterable<readonly SeenPart[]>,
  zone: string,
): Promise<readonly IncidentDay[]> {
  // The date of this locale is written year, month, day.
  const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  const days = new Map<string, IncidentDay>();
  for await (const some of dependencies) {
    for (const { severity, last_at: at } of some) {
      const day = calendar.format(at);
      const before = days.get(day) ?? { day, critical: 0, high: 0, medium: 0, low: 0 };
      days.set(day, { ...before, [severity]: before[severity] + 1 });
    }
  }
  return [...days.values()];
}
