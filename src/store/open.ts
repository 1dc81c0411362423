import { type Kysely, sql } from 'kysely';
import { isInRequest } from '#http/console/in-request.ts';
import { AppError, type Clock, isAppError, type Log, messageOf } from '#base/index.ts';
import { type Address, type Database, type DatabaseUse, openDatabase } from './database.ts';
import type { Durability } from './embedded/initialize.ts';
import { addressOfRunning, type EmbeddedServer, startEmbedded } from './embedded/server.ts';
import { readHealth } from './health.ts';
import { keyedHash } from './keyed-hash.ts';
import { isMigrated, migrate } from './migrate.ts';
import { openNotices } from './notices.ts';
import { openOutbox, type Outbox, outboxSchema } from './outbox.ts';
import type { DomainSchema, Keyed, Store, Transaction } from './store.ts';

/**
 * Which PostgreSQL: one that runs elsewhere, or our own with its data below a folder of this machine. They survive a power
 * cut unless `durability` is `none`.
 */
export type StorePlace =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'embedded';
      readonly folder: string;
      readonly durability?: Durability;
      /** Folder of the PostgreSQL that is started, `/usr/lib/postgresql/17`, instead of the npm package's. */
      readonly programs?: string;
    }
  /** Our own, kept running by another program of this user. */
  | { readonly kind: 'running'; readonly folder: string };

export interface StoreOptions {
  readonly place: StorePlace;
  /** Of every domain; brought to their newest migration before the store is handed out. */
  readonly schemas: readonly DomainSchema<unknown>[];
  readonly log: Log;
  /** Of the console; for programs that write what it authenticates, such as the audit trail. */
  readonly masterKey?: () => Buffer;
  /** Instead of PostgreSQL's own. */
  readonly clock?: Clock;
}

/**
 * Opens the database, starting our own server when asked. Throws `AppError`: `already-running` when a live program
 * holds the embedded folder, `store-unavailable` when PostgreSQL cannot be started or reached.
 */
export async function openStore({ place, schemas, log, masterKey, clock }: StoreOptions): Promise<Store> {
  if (place.kind === 'url')
    return connect({ address: { connectionString: place.url }, workers: 'several', masterKey, clock }, schemas, log);
  if (place.kind === 'running')
    return connect(
      { address: await addressOfRunning(place.folder), workers: 'several', masterKey, clock },
      schemas,
      log,
    );
  const { folder, durability = 'safe', programs } = place;
  const server = await startEmbedded({ folder, durability, log, ...(programs && { programs }) });
  return connect({ address: server.address, workers: 'alone', server, masterKey, clock }, schemas, log);
}

/** A reachable server, and whether this program is the only one that works on it. */
export interface Connection {
  readonly address: Address;
  readonly workers: 'alone' | 'several';
  /** Stopped with the store. */
  readonly server?: EmbeddedServer;
  readonly masterKey?: (() => Buffer) | undefined;
  readonly clock?: Clock | undefined;
}

export async function connect(
  connection: Connection,
  schemas: readonly DomainSchema<unknown>[],
  log: Log,
): Promise<Store> {
  const { address, workers, server, masterKey, clock } = connection;
  const databases = { requests: openDatabase(address, 'requests', log), jobs: openDatabase(address, 'jobs', log) };
  try {
    await migrate(databases.jobs.kysely, [outboxSchema, ...schemas]);
  } catch (error) {
    await closeAll(databases);
    await server?.stop();
    throw isAppError(error) ? error : unavailable(error);
  }
  const own = [outboxSchema, ...schemas];
  return storeOf(databases, { address, workers, log, server, clock, keyed: keyedHash(masterKey), schemas: own });
}

interface StoreDependencies {
  readonly address: Address;
  readonly workers: Connection['workers'];
  readonly log: Log;
  readonly server: EmbeddedServer | undefined;
  readonly clock: Clock | undefined;
  readonly keyed: Keyed;
  readonly schemas: readonly DomainSchema<unknown>[];
}

type Databases = Readonly<Record<DatabaseUse, Database>>;

async function closeAll({ requests, jobs }: Databases): Promise<void> {
  await Promise.all([requests.close(), jobs.close()]);
}

function storeOf(databases: Databases, dependencies: StoreDependencies): Store {
  const { address, workers, log, server, clock, keyed, schemas } = dependencies;
  const kysely = (): Kysely<unknown> => databases[isInRequest() ? 'requests' : 'jobs'].kysely;
  const outbox = openOutbox({ address, workers, log });
  const notices = openNotices(address, log);
  return {
    ...keyed,
    now: () => timeOf(kysely(), clock),
    query: (schema) => tablesOf(kysely(), schema),
    transaction: (work) =>
      kysely()
        .transaction()
        .execute((transaction) => work({ ...transactionOf(transaction, outbox, clock), ...keyed })),
    listen: notices.listen,
    start: (reactions, notices = []) => outbox.start(databases.jobs.kysely, { reactions, notices }),
    idle: () => outbox.idle(databases.jobs.kysely),
    health: () => readHealth(kysely()),
    isMigrated: () => isMigrated(kysely(), schemas),
    sessions: () => ({ requests: databases.requests.sessions(), jobs: databases.jobs.sessions() }),
    close: async () => {
      await outbox.close();
      await notices.close();
      await closeAll(databases);
      await server?.stop();
    },
  };
}

/** `pg_notify` refuses 8,000 bytes and more. */
const longestNotice = 7_900;

function transactionOf(
  transaction: Kysely<unknown>,
  outbox: Outbox,
  clock: Clock | undefined,
): Omit<Transaction, keyof Keyed> {
  return {
    now: () => timeOf(transaction, clock),
    query: (schema) => tablesOf(transaction, schema),
    lock: async (name) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 1))`.execute(transaction);
    },
    lockAll: async (names) => {
      const sorted = [...new Set(names)].toSorted();
      await sql`select pg_advisory_xact_lock(hashtextextended(name, 1)) from unnest(${sorted}::text[]) as name`.execute(
        transaction,
      );
    },
    announce: ({ name }, payload) => outbox.announce(transaction, name, [payload]),
    announceAll: ({ name }, payloads) => outbox.announce(transaction, name, payloads),
    notify: async (channel, message) => await notifyAll(transaction, channel, [message]),
    notifyAll: async (channel, messages) => await notifyAll(transaction, channel, messages),
  };
}

async function notifyAll(transaction: Kysely<unknown>, channel: string, messages: readonly object[]): Promise<void> {
  const texts = messages.map((message) => JSON.stringify(message));
  if (texts.some((text) => Buffer.byteLength(text) > longestNotice))
    throw new Error(`A notice on ${channel} is longer than ${longestNotice} bytes.`);
  await sql`select pg_notify(${channel}, text) from unnest(${texts}::text[]) as text`.execute(transaction);
}

function tablesOf<Tables>(kysely: Kysely<unknown>, schema: DomainSchema<Tables>): Kysely<Tables> {
  return kysely.withSchema(schema.name) as Kysely<Tables>;
}

/** A `Date` holds milliseconds. */
async function timeOf(kysely: Kysely<unknown>, clock: Clock | undefined): Promise<Date> {
  if (clock !== undefined) return clock();
  const { rows } = await sql<{ at: Date }>`select date_trunc('milliseconds', clock_timestamp()) as at`.execute(kysely);
  const [row] = rows;
  if (row === undefined) throw new Error('PostgreSQL does not tell the time.');
  return row.at;
}

function unavailable(cause: unknown): AppError {
  return new AppError('store-unavailable', `PostgreSQL does not serve the store: ${messageOf(cause)}`, { cause });
}
