import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { Status } from '../../status.ts';
import { complianceSchema } from '../schema.ts';
import { readStates } from './read-statuses.ts';
import { rowsOfSnapshot, saysHow, snapshotUntil } from './snapshots.ts';

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
export async function readStatesAt(queries: Queries, asked: AskedMoment): Promise<StatesThen> {
  const rows = await newestRows(queries, asked);
  const subjects = rows.map(toSubject);
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
  readonly status: string | null;
  readonly facts: string | null;
  readonly silent: boolean;
  readonly observed_at: Date;
  readonly received_at: Date;
}

const columns = sql`
  sequence, source, host, kind, id, name, application, environment, change, status, facts, silent, observed_at, received_at`;

/** From the newest snapshot that was so and known by then, and from the rows after it. */
async function newestRows(queries: Queries, { at, known, hosts }: AskedMoment): Promise<readonly NewestRow[]> {
  const snapshot = await snapshotUntil(queries, known !== undefined && known < at ? known : at);
  const { batch, position } = snapshot ?? { batch: 0, position: 0 };
  const ofHosts = hosts === undefined ? sql`true` : sql`host = any(${hosts}::text[])`;
  const isKnown = known === undefined ? sql`true` : sql`received_at <= ${known}`;
  const after = sql`
    select ${columns} from compliance.transition
    where ${saysHow} and observed_at <= ${at} and ${isKnown} and ${ofHosts}`;
  const { rows } = await sql<NewestRow>`
    with candidate as (
      select * from (${rowsOfSnapshot(batch, columns)}) as standing where ${ofHosts}
      union all ${after} and position >= ${position}
      union all ${after} and position is null),
    newest as (select distinct on (source, host, kind, id) * from candidate order by source, host, kind, id, sequence desc)
    select * from newest where change <> 'ended'`.execute(queries.query(complianceSchema));
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
