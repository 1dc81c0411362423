import { type Selectable as Row, sql } from 'kysely';
import { count, type Limit } from '#base/index.ts';
import { claimRefused } from '#link/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

type Pace = ComplianceTables['pace'];

/** What a host had written down within the hour that runs. */
export type HourOfHost = Pick<Row<Pace>, 'documents' | 'characters' | 'transitions'>;

type Counted = Readonly<Partial<Omit<Row<Pace>, 'host' | 'hour'>>>;

const hourLong = 60 * 60_000;

/** Needs a lock of the host: what is counted is stored before somebody else reads it. */
export async function readHour(queries: Queries, host: string, now: Date): Promise<HourOfHost> {
  const row = await queries
    .query(complianceSchema)
    .selectFrom('pace')
    .select(['documents', 'characters', 'transitions'])
    .where('host', '=', host)
    .where('hour', '=', hourOf(now))
    .executeTakeFirst();
  return row ?? { documents: 0, characters: 0, transitions: 0 };
}

/** Adds what is stored, and what is not, to the hour that runs. */
export async function addToHour(
  transaction: Transaction,
  { host, now }: { readonly host: string; readonly now: Date },
  { documents = 0, characters = 0, transitions = 0, left_transitions = 0 }: Counted,
): Promise<void> {
  if (documents + characters + transitions + left_transitions === 0) return;
  await sql`
    insert into compliance.pace (host, hour, documents, characters, transitions, left_transitions)
    values (${host}, ${hourOf(now)}, ${documents}, ${characters}, ${transitions}, ${left_transitions})
    on conflict (host, hour) do update set documents = pace.documents + excluded.documents,
      characters = pace.characters + excluded.characters, transitions = pace.transitions + excluded.transitions,
      left_transitions = pace.left_transitions + excluded.left_transitions`.execute(
    transaction.query(complianceSchema),
  );
}

/** Tells people that a host reports more within an hour than is kept. */
export async function refusePace(transaction: Transaction, host: string, { value, unit }: Limit): Promise<void> {
  const reason = `It reports more than ${count(value)} ${unit} within an hour; what is beyond is not kept.`;
  await transaction.announce(claimRefused, { host, reason });
}

/** Hours of which changes of a host's subjects were not written down, the newest first. */
export async function readLeftOut(
  queries: Queries,
  host: string,
): Promise<readonly { readonly hour: string; readonly changes: number }[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('pace')
    .select(['hour', 'left_transitions'])
    .where('host', '=', host)
    .where('left_transitions', '>', 0)
    .orderBy('hour', 'desc')
    .limit(mostHours)
    .execute();
  return rows.map(({ hour, left_transitions }) => ({ hour: hour.toISOString(), changes: left_transitions }));
}

/** Hours that are told of. */
const mostHours = 100;

/** Hours that are over say what is left out of a history, for as long as that is kept, or nothing. */
export async function prunePace(transaction: Transaction, now: Date, historyBefore: Date): Promise<void> {
  await sql`
    delete from compliance.pace where hour < ${historyBefore}
      or (hour < ${new Date(now.getTime() - hourLong)} and left_transitions = 0)`.execute(
    transaction.query(complianceSchema),
  );
}

function hourOf(now: Date): Date {
  return new Date(Math.floor(now.getTime() / hourLong) * hourLong);
}
