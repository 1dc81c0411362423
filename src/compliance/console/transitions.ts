import { createHash } from 'node:crypto';
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { checks } from '../checks/index.ts';
import type { listTransitions, Transition } from '../contract.ts';
import { imagesPlace } from './images-place.ts';
import { readLeftOut } from './pace.ts';
import { placesOf } from './places.ts';
import type { SubjectKey } from './read-compliance.ts';
import { dropMonths, makeMonths } from './log/months.ts';
import { dropSnapshots } from './log/snapshots.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

export type TransitionRow = Insertable<ComplianceTables['transition']>;

/** How checks of Seawall stand, or rules of another tool in its own words. */
type KeptStatus = Readonly<Record<string, { readonly state: string; readonly version: number }>>;

/** Id of how all checks stand: equal ones are kept once. */
export function statusId(status: KeptStatus): string {
  return createHash('sha256').update(statusText(status)).digest('hex');
}

/** What the id of a status is the SHA-256 of: checks in their order, each with its state and version. */
export function statusText(status: KeptStatus): string {
  return JSON.stringify(Object.entries(status).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** All in one statement: a host's first report has thousands. */
export async function writeTransitions(transaction: Transaction, rows: readonly TransitionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into compliance.transition (observed_at, received_at, source, host, kind, id, name, application, environment,
      change, check_id, from_state, to_state, status, checks, facts, silent)
    select observed_at, received_at, source, host, kind, id, name, application, environment, change, check_id, from_state,
      to_state, status, checks, facts, silent
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (observed_at timestamptz, received_at timestamptz,
      source text, host text, kind text, id text, name text, application text, environment text, change text,
      check_id text, from_state text, to_state text, status text, checks integer, facts text, silent boolean)`.execute(
    transaction.query(complianceSchema),
  );
}

/** Notes versions of checks that were not in force before: one line for each, whatever it changes. */
export async function noteVersions(transaction: Transaction, now: Date): Promise<void> {
  const rows = Object.values(checks).flatMap((list) =>
    list.map(({ id, version }) => ({ check_id: id, version, since: now })),
  );
  await transaction
    .query(complianceSchema)
    .insertInto('check_version')
    .columns(['check_id', 'version', 'since'])
    .expression(
      sql`select check_id, version, since from json_to_recordset(${JSON.stringify(rows)}::json)
        as made (check_id text, version integer, since timestamptz)`,
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

type Reply = Immutable<ReplyOf<typeof listTransitions>>;

/** What changed of a subject, as far as the caller may see it; one that is gone keeps what was written of it. */
export async function readTransitions(
  queries: Queries,
  view: View,
  { key, query }: { readonly key: SubjectKey; readonly query: HandlerInput<typeof listTransitions>['query'] },
): Promise<Reply> {
  if (view !== undefined && !(await placesOf(queries, { ...key, name: '' })).some(view))
    return { transitions: [], versions: [] };
  const { check, before, limit } = query;
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('transition')
    .selectAll()
    .where('host', '=', key.kind === 'image' ? imagesPlace : key.host)
    .where('kind', '=', key.kind)
    .where('id', '=', key.id)
    .where('source', '=', 'checks')
    .$if(check !== undefined, (all) => all.where('check_id', '=', check ?? ''))
    .$if(before !== undefined, (all) => all.where('sequence', '<', before ?? 0))
    .orderBy('sequence', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const leftOut = key.kind === 'image' ? [] : await readLeftOut(queries, key.host);
  const next = rows.length > limit ? page.at(-1)?.sequence : undefined;
  return {
    transitions: page.map(toTransition),
    ...(next !== undefined && { next }),
    ...(leftOut.length > 0 && { leftOut: [...leftOut] }),
    versions: await readVersions(queries, key),
  };
}

async function readVersions(queries: Queries, { kind }: Pick<SubjectKey, 'kind'>): Promise<Reply['versions']> {
  const asked = checks[kind].map(({ id }) => id);
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('check_version')
    .select(['check_id', 'version', 'since'])
    .where('check_id', '=', sql<string>`any(${asked}::text[])`)
    // The first of each is no change.
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('check_version as earlier')
          .select('earlier.check_id')
          .whereRef('earlier.check_id', '=', 'check_version.check_id')
          .whereRef('earlier.since', '<', 'check_version.since'),
      ),
    )
    .orderBy('since', 'desc')
    .orderBy('check_id')
    .execute();
  return rows.map(({ check_id, version, since }) => ({ check: check_id, version, since: since.toISOString() }));
}

function toTransition(row: StoredTransition): Transition {
  const head = {
    sequence: row.sequence,
    observedAt: row.observed_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    name: row.name,
    ...(row.application !== null && { application: row.application }),
    ...(row.environment !== null && { environment: row.environment }),
  };
  const { change, check_id: check, from_state: from, to_state: to, facts } = row;
  if (change === 'changed' && check !== null && from !== null && to !== null)
    return { ...head, kind: 'changed', check, from, to, facts: facts ?? '', ...(row.silent && { silent: true }) };
  if (change === 'first') return { ...head, kind: 'first', checks: row.checks ?? 0, facts: facts ?? '' };
  return { ...head, kind: 'ended' };
}

type StoredTransition = Selectable<ComplianceTables['transition']>;

/** Milliseconds for which how checks stand is kept in any case: who just wrote it down may not have committed yet. */
const statusGrace = 60 * 60_000;
const statusNotedEvery = statusGrace / 2;

/** Keeps how checks stand, each once. */
export async function writeStatuses(
  transaction: Transaction,
  statuses: ReadonlyMap<string, KeptStatus>,
  now: Date,
): Promise<void> {
  const rows = [...statuses].map(([id, states]) => ({ id, states }));
  await sql`
    insert into compliance.status (id, states, seen_at) select id, states, ${now} from json_to_recordset(
      ${JSON.stringify(rows)}::json) as made (id text, states json) order by id
    on conflict (id) do update set seen_at = excluded.seen_at
      where status.seen_at < ${new Date(now.getTime() - statusNotedEvery)}`.execute(
    transaction.query(complianceSchema),
  );
}

/** Makes the months that come, and forgets whole months that are older than `years`. Gives the moment from which on all is kept. */
export async function pruneTransitions(
  transaction: Transaction,
  { now, years }: { readonly now: Date; readonly years: number },
): Promise<Date> {
  const before = new Date(Date.UTC(now.getUTCFullYear() - years, now.getUTCMonth(), 1));
  const database = transaction.query(complianceSchema);
  await makeMonths(transaction, now);
  await dropMonths(transaction, before);
  await dropSnapshots(transaction);
  await sql`
    delete from compliance.status where seen_at < ${new Date(now.getTime() - statusGrace)}
      and not exists (select from compliance.stands where stands.status = status.id)
      and not exists (select from compliance.answered where answered.status = status.id)
      and not exists (select from compliance.transition where transition.status = status.id)`.execute(database);
  return before;
}
