import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { Status } from '../../status.ts';
import { complianceSchema } from '../schema.ts';

/** Subjects that stand equally: of one host, kind, application and environment. */
export interface EqualSubjects {
  readonly source: 'checks' | 'answers';
  readonly host: string;
  readonly kind: string;
  readonly application?: string;
  readonly environment?: string;
  /** Id of how they stand. */
  readonly status: string;
  readonly subjects: number;
}

/** How subjects stand now, as it was written down last. */
export interface StatusesNow {
  readonly groups: readonly EqualSubjects[];
  /** By their ids. */
  readonly states: ReadonlyMap<string, Status>;
}

/** Equal ones together: 10,000 containers in 400 configurations are some hundred groups. Of one host, or of all. */
export async function readStatuses(queries: Queries, { host }: { readonly host?: string }): Promise<StatusesNow> {
  const database = queries.query(complianceSchema);
  const ofHost = host === undefined ? sql`true` : sql`host = ${host}`;
  const { rows } = await sql<Nullable<EqualSubjects>>`
    select source, host, kind, application, environment, status, count(*)::int as subjects from (
      select 'checks' as source, host, kind, application, environment, status from compliance.stands where ${ofHost}
      union all
      select 'answers', host, kind, application, environment, status from compliance.answered where ${ofHost}) as now
    group by 1, 2, 3, 4, 5, 6 order by 2, 3, 1, 4, 5, 6`.execute(database);
  return {
    groups: rows.map(({ application, environment, ...row }) => ({
      ...row,
      ...(application !== null && { application }),
      ...(environment !== null && { environment }),
    })),
    states: await readStates(queries, new Set(rows.map(({ status }) => status))),
  };
}

type Nullable<Row> = {
  readonly [Key in keyof Row]-?: undefined extends Row[Key] ? Exclude<Row[Key], undefined> | null : Row[Key];
};

/** How checks stand, by the ids of that. */
export async function readStates(queries: Queries, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Status>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('status')
    .select(['id', 'states'])
    .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(rows.map(({ id, states }) => [id, states]));
}
