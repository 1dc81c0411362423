import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DatabaseUse, Sessions } from './database.ts';
import type { StoreHealth } from './health.ts';

/** The PostgreSQL schema of one domain: its name, its tables as Kysely sees them, and its migrations in order of their keys. */
export interface DomainSchema<Tables> {
  readonly name: string;
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Names that migrations had in earlier versions, by the name of now. */
  readonly formerNames?: Readonly<Record<string, string>>;
  /** Migrations of earlier versions that are gone, by the later one that undid all that they made. */
  readonly undone?: Readonly<Record<string, string>>;
  /** Only carries the type. */
  readonly tables?: Tables;
}

/**
 * Something that happened, named in the past tense: `catalog-stored`. It carries ids, never state: who reacts reads
 * the current state itself, so order and repetition do not matter.
 */
export interface Fact<Payload extends object> {
  readonly name: string;
  /** Only carries the type. */
  readonly payload?: Payload;
}

export function fact<Payload extends object>(name: string): Fact<Payload> {
  return { name };
}

/** A fact joined to what a domain does about it. `name` is unique and stable: it names the queue. */
export interface Reaction<Payload extends object = object> {
  readonly fact: Fact<Payload>;
  readonly name: string;
  /** The name of an earlier release, whose waiting facts are taken over. */
  readonly formerly?: readonly string[];
  /** Whether facts that wait are dealt with one by one, many at once where that is less work, or equal ones as one. */
  readonly takes: 'each' | 'many' | 'distinct';
  readonly react: (payloads: readonly Payload[]) => Promise<void>;
}

/** One line of the table of reactions: when this happens, that domain does this. */
export function when<Payload extends object>(
  what: Fact<Payload>,
  name: string,
  react: (payload: Payload) => Promise<void>,
): Reaction {
  const each = async (payloads: readonly Payload[]): Promise<void> => {
    for (const payload of payloads) await react(payload);
  };
  return { fact: what, name, takes: 'each', react: each as Reaction['react'] };
}

/** The same for facts that are best dealt with many at once. It fails for all or none; then each is tried by itself. */
export function whenMany<Payload extends object>(
  what: Fact<Payload>,
  name: string,
  react: (payloads: readonly Payload[]) => Promise<void>,
): Reaction {
  return { fact: what, name, takes: 'many', react: react as Reaction['react'] };
}

/** The same for facts that repeat: of equal ones that wait, one is dealt with. */
export function whenDistinct<Payload extends object>(
  what: Fact<Payload>,
  name: string,
  react: (payload: Payload) => Promise<void>,
): Reaction {
  const distinct = async (payloads: readonly Payload[]): Promise<void> => {
    const different = new Map(payloads.map((payload) => [JSON.stringify(payload), payload]));
    for (const payload of different.values()) await react(payload);
  };
  return { fact: what, name, takes: 'distinct', react: distinct as Reaction['react'] };
}

/** Listeners of a channel hear of each fact as soon as it is committed. It is no job: lost by who is not listening. */
export interface Notice {
  readonly fact: Fact<object>;
  readonly channel: string;
  readonly message: object;
  /** The queue of an earlier release that told them; what waits in it is not needed. */
  readonly formerly?: string;
}

/** Read access to one domain's tables. */
export interface Queries {
  query<Tables>(schema: DomainSchema<Tables>): Kysely<Tables>;
}

/** Authenticates what the store holds, so that whoever has SQL alone cannot make it anew. */
export interface Keyed {
  /**
   * HMAC-SHA-256 in hex, by a key that is derived from the console's master key for this purpose alone. Throws what
   * reading the master key throws, and in a program that opened the store without it.
   */
  mac(purpose: string, content: string): string;
}

/** Tells the time that all consoles of one store write down. */
export interface Timed {
  /** PostgreSQL's clock, to the millisecond, or the clock that the store was opened with. */
  now(): Promise<Date>;
}

/** Everything inside commits together or not at all: rows, facts and live notices. */
export interface Transaction extends Queries, Keyed, Timed {
  /** Waits for and holds an advisory lock on this name until the transaction ends. */
  lock(name: string): Promise<void>;
  /** The same for many names, in an order of its own, so that no two who do that wait for each other in a ring. */
  lockAll(names: readonly string[]): Promise<void>;
  /** Writes the fact as one job for each reaction (outbox); delivered at least once after the commit, once `start` ran. */
  announce<Payload extends object>(what: Fact<Payload>, payload: Payload): Promise<void>;
  /** The same for many at once. */
  announceAll<Payload extends object>(what: Fact<Payload>, payloads: readonly Payload[]): Promise<void>;
  /** Tells all consoles' listeners after the commit; at most 7,900 bytes as JSON; lost by who is not listening. */
  notify(channel: string, message: object): Promise<void>;
  /** The same for many messages. */
  notifyAll(channel: string, messages: readonly object[]): Promise<void>;
}

export interface Store extends Queries, Keyed, Timed {
  transaction<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value>;
  /**
   * Calls back for each notice on the channel until the returned function is called. `resumed` is called when a broken
   * connection is made again: notices may have been missed, so read anew.
   */
  listen(channel: string, heard: (message: unknown) => void, resumed?: () => void): Promise<() => Promise<void>>;
  /** Starts working through facts. Failed reactions are tried again with growing pauses, then kept as failed and logged. */
  start(reactions: readonly Reaction[], notices?: readonly Notice[]): Promise<void>;
  /** Resolves when no reaction is due or under way, those that follow from others included. */
  idle(): Promise<void>;
  /** What it measures of itself now. */
  health(): Promise<StoreHealth>;
  /** Whether the database has all migrations of this version and none of a newer one. Throws when it does not answer. */
  isMigrated(): Promise<boolean>;
  /** Its sessions now, by their use. */
  sessions(): Readonly<Record<DatabaseUse, Sessions>>;
  close(): Promise<void>;
}
