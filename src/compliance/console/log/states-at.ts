import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { Status } from '../../status.ts';
import { complianceSchema } from '../schema.ts';
import { readStates } from './read-statuses.ts';

/** Which moment, by what was known when, and of which hosts; all of them where none is named. */
export interface AskedMoment {
  readonly at: Date;
  /** What the console was told until then counts; missing: all that it knows now. */
  readonly known?: Date | undefined;
  readonly hosts?: readonly string[] | undefined;
}

/** A subject as it stood. */
export interface SubjectThen {
  readonly source: 'checks' | 'answers';
  readonly host: string;
  readonly kind: string;
  readonly id: string;
  /** Of that day. */
  readonly name: string;
  readonly application?: string;
  readonly environment?: string;
  /** Id of how it stood; missing: a release of then did not write it down, and nothing says it since. */
  readonly status?: string;
  readonly facts?: string;
  readonly silent: boolean;
  /** When it became so, as far as it was known, and when that was written down. */
  readonly observedAt: Date;
  readonly receivedAt: Date;
}

/** How all stood at a moment. */
export interface StatesThen {
  readonly subjects: readonly SubjectThen[];
  /** By the ids of `status`. */
  readonly states: ReadonlyMap<string, Status>;
}

/**
 * How every subject stood at a moment: the newest row of it that was so by then and was known by then. What was told of
 * later counts for the time that it tells of.
 */
export async function readStatesAt(queries: Queries, { at, known, hosts }: AskedMoment): Promise<StatesThen> {
  const conditions = [
    sql`observed_at <= ${at}`,
    ...(known === undefined ? [] : [sql`received_at <= ${known}`]),
    ...(hosts === undefined ? [] : [sql`host = any(${hosts}::text[])`]),
  ];
  const rows = await newestRows(queries, sql.join(conditions, sql` and `));
  const there = rows.filter(({ change }) => change !== 'ended');
  const subjects = there.map(toSubject);
  return {
    subjects,
    states: await readStates(queries, new Set(subjects.flatMap(({ status }) => status ?? []))),
  };
}

interface NewestRow {
  readonly source: 'checks' | 'answers';
  readonly host: string;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly application: string | null;
  readonly environment: string | null;
  readonly change: string;
  readonly status: string | null;
  readonly facts: string | null;
  readonly silent: boolean;
  readonly observed_at: Date;
  readonly received_at: Date;
}

/** First which rows, from the index alone; then what is in them. */
async function newestRows(queries: Queries, condition: RawBuilder<unknown>): Promise<readonly NewestRow[]> {
  const { rows } = await sql<NewestRow>`
    with newest as materialized (
      select distinct on (source, host, kind, id) sequence, received_at as received from compliance.transition
      where (status is not null or change <> 'changed') and ${condition} order by source, host, kind, id, sequence desc)
    select source, host, kind, id, name, application, environment, change, status, facts, silent, observed_at, received_at
    from newest join compliance.transition on transition.sequence = newest.sequence and received_at = received`.execute(
    queries.query(complianceSchema),
  );
  return rows;
}

function toSubject(row: NewestRow): SubjectThen {
  const { source, host, kind, id, name, silent } = row;
  return {
    source,
    host,
    kind,
    id,
    name,
    silent,
    ...(row.application !== null && { application: row.application }),
    ...(row.environment !== null && { environment: row.environment }),
    ...(row.status !== null && { status: row.status }),
    ...(row.facts !== null && { facts: row.facts }),
    observedAt: row.observed_at,
    receivedAt: row.received_at,
  };
}
