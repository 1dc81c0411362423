import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import { complianceSchema } from '../schema.ts';
import { rowsOfSnapshot, saysHow, snapshotUntil } from './snapshots.ts';

/** Which moment, by what was known when, and of which hosts; all of them where none is named. */
export interface AskedMoment {
  readonly at: Date;
  /** What the console was told until then counts; missing: all that it knows now. */
  readonly known?: Date | undefined;
  readonly hosts?: readonly string[] | undefined;
}

/** A subject as it stood, by what checks and what other parts of the product said of it. */
export interface SubjectThen {
  readonly host: string;
  readonly kind: string;
  readonly id: string;
  /** Of that day. */
  readonly name: string;
  readonly application?: string;
  readonly environment?: string;
  /**
   * Id of how it stood by its checks, as `readStates` takes it; missing: nothing was said, or a release of then did not write
   * it down and nothing says it since.
   */
  readonly checks?: string;
  /** The same, by what other parts of the product answered. */
  readonly answers?: string;
  /** Since when nobody knew how its checks stood; missing: it was heard of. */
  readonly silentSince?: Date;
  readonly facts?: string;
  /** When it became so, as far as it was known, and when that was written down. */
  readonly observedAt: Date;
  readonly receivedAt: Date;
}

/**
 * How every subject stood at a moment: the newest row of each source that was so by then and was known by then. What was
 * told of later counts for the time that it tells of.
 */
export async function readSubjectsAt(queries: Queries, asked: AskedMoment): Promise<readonly SubjectThen[]> {
  const { rows } = await sql<Row>`
    with newest as materialized (${await newestRows(queries, asked)}),
    checked as (select * from newest where source = 'checks'),
    answered as (select * from newest where source = 'answers')
    select host, kind, id, coalesce(answered.name, checked.name) as name,
      coalesce(answered.application, checked.application) as application,
      coalesce(answered.environment, checked.environment) as environment,
      checked.status as checks, answered.status as answers, coalesce(checked.facts, answered.facts) as facts,
      case when checked.silent then checked.observed_at end as silent_since,
      greatest(checked.observed_at, answered.observed_at) as observed_at,
      case when answered.observed_at >= checked.observed_at or checked.observed_at is null then answered.received_at
        else checked.received_at end as received_at
    from checked full join answered using (host, kind, id)`.execute(queries.query(complianceSchema));
  return rows.map(toSubject);
}

interface Row {
  readonly host: string;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly application: string | null;
  readonly environment: string | null;
  readonly checks: string | null;
  readonly answers: string | null;
  readonly facts: string | null;
  readonly silent_since: Date | null;
  readonly observed_at: Date;
  readonly received_at: Date;
}

const columns = sql`
  sequence, source, host, kind, id, name, application, environment, change, status, facts, silent, observed_at, received_at`;

/** From the newest snapshot that was so and known by then, and from the rows after it. */
async function newestRows(queries: Queries, { at, known, hosts }: AskedMoment): Promise<RawBuilder<unknown>> {
  const snapshot = await snapshotUntil(queries, known !== undefined && known < at ? known : at);
  const { batch, position } = snapshot ?? { batch: 0, position: 0 };
  const ofHosts = hosts === undefined ? sql`true` : sql`host = any(${hosts}::text[])`;
  const isKnown = known === undefined ? sql`true` : sql`received_at <= ${known}`;
  const after = sql`
    select ${columns} from compliance.transition
    where ${saysHow} and observed_at <= ${at} and ${isKnown} and ${ofHosts}`;
  return sql`
    select * from (
      select distinct on (source, host, kind, id) * from (
        select * from (${rowsOfSnapshot(batch, columns)}) as standing where ${ofHosts}
        union all ${after} and position >= ${position}
        union all ${after} and position is null) as candidate
      order by source, host, kind, id, sequence desc) as newest
    where change <> 'ended'`;
}

function toSubject({ application, environment, checks, answers, facts, ...row }: Row): SubjectThen {
  const { host, kind, id, name } = row;
  return {
    host,
    kind,
    id,
    name,
    ...(application !== null && { application }),
    ...(environment !== null && { environment }),
    ...(checks !== null && { checks }),
    ...(answers !== null && { answers }),
    ...(row.silent_since !== null && { silentSince: row.silent_since }),
    ...(facts !== null && { facts }),
    observedAt: row.observed_at,
    receivedAt: row.received_at,
  };
}
