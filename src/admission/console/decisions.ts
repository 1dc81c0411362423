import { type Selectable as Row, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import { AppError, type Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { Decision, listDecisions, Sums } from '../contract.ts';
import type { Places } from './decision-places.ts';
import { type AdmissionTables, admissionSchema } from './schema.ts';
import { containing, storable } from './search.ts';

type Query = HandlerInput<typeof listDecisions>['query'];
type Decisions = Immutable<ReplyOf<typeof listDecisions>>;
type DecisionRow = Pick<Row<AdmissionTables['decision']>, 'sequence' | 'time' | 'host' | 'decision'>;

/** Decisions made in these places, newest first. Throws `bad-request` when `before` names none. */
export async function readDecisions(queries: Queries, query: Query, places: Places): Promise<Decisions['decisions']> {
  const before = query.before === undefined ? undefined : await positionOf(queries, query.before);
  const rows = await queries
    .query(admissionSchema)
    .selectFrom('decision')
    .select(['sequence', 'time', 'host', 'decision'])
    .where(asked(query, before, places))
    .orderBy('time', 'desc')
    .orderBy('sequence', 'desc')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
  return rows.map(({ host, decision }) => ({ ...decision, host }));
}

/** How many the filters hold. */
export async function countDecisions(queries: Queries, query: Query, places: Places): Promise<number> {
  const row = await queries
    .query(admissionSchema)
    .selectFrom('decision')
    .select(sql<number>`count(*)::int`.as('total'))
    .where(asked(query, undefined, places))
    .executeTakeFirstOrThrow();
  return row.total;
}

/** One decision of a host, with where it was made; `undefined` when it is no more. */
export async function readDecision(
  queries: Queries,
  host: string,
  id: string,
): Promise<{ readonly decision: Decision; readonly place: Selectable } | undefined> {
  const row = await queries
    .query(admissionSchema)
    .selectFrom('decision')
    .innerJoin('decision_place', 'decision_place.id', 'decision.place')
    .select(['decision.decision', 'decision_place.place'])
    .where('host', '=', host)
    .where('decision.id', '=', storable(id))
    .executeTakeFirst();
  return row === undefined ? undefined : { decision: row.decision, place: JSON.parse(row.place) };
}

interface Since {
  readonly since: Date;
  readonly places: Places;
}

/** Counts by hour, oldest first, without the hours in which nothing was decided. */
export async function sumByHour(
  queries: Queries,
  { since, environment, places }: Since & { readonly environment: string | undefined },
): Promise<readonly (Sums & { readonly hour: string })[]> {
  const hour = sql<Date>`date_trunc('hour', time, 'UTC')`;
  const rows = await summing(queries, { since, places })
    .select(hour.as('hour'))
    .where(environment === undefined ? sql<SqlBool>`true` : standsIn(environment))
    .groupBy(hour)
    .orderBy('hour')
    .execute();
  return rows.map((row) => ({ ...row, hour: row.hour.toISOString() }));
}

/** Counts by rule. */
export async function sumByRule(queries: Queries, { since, places }: Since): Promise<ReadonlyMap<string, Sums>> {
  const rows = await summing(queries, { since, places })
    .select('rule')
    .where('rule', 'is not', null)
    .groupBy('rule')
    .execute();
  return new Map(rows.flatMap(({ rule, ...sums }) => (rule === null ? [] : [[rule, sums] as const])));
}

/** Counts of what API servers were answered, by cluster. */
export async function sumByCluster(queries: Queries, since: Date): Promise<ReadonlyMap<string, Sums>> {
  const cluster = sql<string>`split_part(substr(host, length('kubernetes:') + 1), '/', 1)`;
  const rows = await summing(queries, { since, places: undefined })
    .select(cluster.as('cluster'))
    .where('gate', '=', 'kubernetes-webhook')
    .where('host', 'like', 'kubernetes:%')
    .groupBy(cluster)
    .execute();
  return new Map(rows.map(({ cluster: name, ...sums }) => [name, sums] as const));
}

function summing(queries: Queries, { since, places }: Since) {
  return queries
    .query(admissionSchema)
    .selectFrom('decision')
    .select([
      sql<number>`(count(*) filter (where answer = 'allow' and effect <> 'alert'))::int`.as('allowed'),
      sql<number>`(count(*) filter (where answer = 'allow' and effect = 'alert'))::int`.as('alerted'),
      sql<number>`(count(*) filter (where answer = 'deny'))::int`.as('denied'),
    ])
    .where('time', '>=', since)
    .where(inPlaces(places));
}

function inPlaces(places: Places): RawBuilder<SqlBool> {
  return places === undefined ? sql`true` : sql`place = any(${places}::bigint[])`;
}

type Position = Pick<DecisionRow, 'time' | 'sequence'>;

async function positionOf(queries: Queries, id: string): Promise<Position> {
  const row = await queries
    .query(admissionSchema)
    .selectFrom('decision')
    .select(['time', 'sequence'])
    .where('id', '=', storable(id))
    .executeTakeFirst();
  if (row === undefined) throw new AppError('bad-request', 'before: there is no decision of this id.');
  return row;
}

function asked(query: Query, before: Position | undefined, places: Places): RawBuilder<SqlBool> {
  const { search, id, environment, answer, gate, image, since } = query;
  const conditions = [
    inPlaces(places),
    ...(search === undefined || search === '' ? [] : [sql`search like ${containing(search)}`]),
    ...(id === undefined ? [] : [sql`id = ${storable(id)}`]),
    ...(environment === undefined ? [] : [standsIn(environment)]),
    ...(answer === undefined ? [] : [isAnswer(answer)]),
    ...(gate === undefined ? [] : [sql`gate = ${gate}`]),
    ...(image === undefined ? [] : [sql`digest = ${image}`]),
    ...(since === undefined ? [] : [sql`time >= ${new Date(since)}`]),
    ...(before === undefined ? [] : [sql`(time, sequence) < (${before.time}, ${before.sequence})`]),
  ];
  return sql`${sql.join(conditions, sql` and `)}`;
}

function standsIn(environment: string): RawBuilder<SqlBool> {
  return environment === 'none' ? sql`environment is null` : sql`environment = ${environment}`;
}

/** As a literal where an index is made for it. */
function isAnswer(answer: 'allow' | 'deny'): RawBuilder<unknown> {
  return answer === 'deny' ? sql`answer = 'deny'` : sql`answer = 'allow'`;
}
