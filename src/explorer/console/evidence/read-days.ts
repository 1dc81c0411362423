import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { ControlDay } from '../../contract-evidence.ts';
import { explorerSchema } from '../schema.ts';
import { keptScopeOf } from './kept-scope.ts';
import type { Looking } from './looking.ts';
import { everywhere, type Scope } from './scopes.ts';

/** How controls stood day by day, the oldest first. */
export interface SeenDays {
  /** By their ids. */
  readonly days: ReadonlyMap<string, readonly ControlDay[]>;
  /** Why there are none of what the caller looks at. */
  readonly missing?: string;
}

interface Asked {
  readonly template: string;
  readonly control?: string;
  readonly looking: Looking;
  /** Days up to the moment that is looked at, at most. */
  readonly length: number;
}

/** Days of exactly what the caller sees of his scope, where such are kept. */
export async function readDays(queries: Queries, asked: Asked): Promise<SeenDays> {
  const { view, collections, scope } = asked.looking;
  const isPart = view !== undefined;
  const kept = isPart && collections !== undefined ? await readKeptScopes(queries, asked.template) : [];
  const own = isPart && collections === undefined ? undefined : keptScopeOf(collections, scope, kept);
  if (own === undefined) return { days: new Map(), missing: whyMissing(scope) };
  return { days: await readDaysOf(queries, own, asked) };
}

function whyMissing({ environment, application }: Scope): string {
  return environment !== everywhere && application !== everywhere
    ? 'Days are kept of each environment and of each application, not of an application in one environment. Choose only one of the two to see its days.'
    : 'Days are kept of the whole estate, of each environment and of each application, and your collections hold another part. Choose an environment or application that they hold whole to see its days, or a date to see how your part stood on it.';
}

async function readDaysOf(
  queries: Queries,
  { environment, application }: Scope,
  { template, control, looking, length }: Asked,
): Promise<SeenDays['days']> {
  const until = looking.moment?.at ?? looking.now;
  const since = new Date(until.getTime() - (length - 1) * 86_400_000);
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('control_day')
    .select(['control', sql<string>`day::text`.as('day'), 'state', 'rate', 'coverage'])
    .where('template', '=', template)
    .where('environment', '=', environment)
    .where('application', '=', application)
    .where('day', '>=', dayOf(since))
    .where('day', '<=', dayOf(until))
    .$if(control !== undefined, (all) => all.where('control', '=', control ?? ''))
    .orderBy('control')
    .orderBy('day')
    .execute();
  return new Map(
    [...Map.groupBy(rows, (row) => row.control)].map(([id, own]) => [
      id,
      own.map(({ day, state, rate, coverage }) => ({
        day,
        state,
        ...(rate !== null && { rate }),
        ...(coverage !== null && { coverage }),
      })),
    ]),
  );
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** Scopes of which days are kept. From one to the next in the index: days are not read. */
async function readKeptScopes(queries: Queries, template: string): Promise<readonly Scope[]> {
  const { rows } = await sql<Scope>`
    with recursive kept as (
      (select environment, application from explorer.control_day where template = ${template}
        order by environment, application limit 1)
      union all
      select next.environment, next.application from kept cross join lateral (
        select environment, application from explorer.control_day where template = ${template}
          and (environment, application) > (kept.environment, kept.application)
        order by environment, application limit 1) as next
    ) select environment, application from kept`.execute(queries.query(explorerSchema));
  return rows;
}
