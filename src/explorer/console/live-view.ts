import { type SqlBool, sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries, Store } from '#store/index.ts';
import type { LiveEvent } from '../contract.ts';
import { coalesce, type Schedule } from './coalesce.ts';
import { explorerSchema } from './schema.ts';
import { visible } from './scope.ts';

/** A page hears of the same subject no more often than this, in milliseconds. */
const period = 250;
/** Subjects and hosts that one question asks for. */
const askedAtOnce = 1_000;

/** What somebody may see of what changes: kinds of events, and where they are limited, collections. */
export interface Sight {
  readonly kinds: readonly LiveEvent['kind'][];
  readonly collections?: readonly string[];
}

/** Events as they are sent to all who may see the same. */
export interface LiveView {
  readonly sight: Sight;
  add(event: LiveEvent): void;
  /** Tells of each event that the sight holds until the returned function is called. */
  join(send: (event: LiveEvent) => void): () => void;
  listeners(): number;
  stop(): void;
}

/** Looks at each event once, whatever number of pages listens; those that come while it looks, together. */
export function openLiveView(options: {
  readonly store: Store;
  readonly schedule: Schedule;
  readonly sight: Sight;
}): LiveView {
  const { store, schedule, sight } = options;
  const senders = new Set<(event: LiveEvent) => void>();
  let waiting: LiveEvent[] = [];
  let looking = false;
  const events = coalesce<LiveEvent>({
    keyOf: (event) => JSON.stringify(event),
    send: sight.collections === undefined ? report : lookAt,
    milliseconds: period,
    schedule,
  });

  function report(event: LiveEvent): void {
    for (const send of senders) send(event);
  }

  function lookAt(event: LiveEvent): void {
    waiting.push(event);
    if (!looking) void look();
  }

  async function look(): Promise<void> {
    looking = true;
    while (waiting.length > 0) {
      const some = waiting.slice(0, askedAtOnce);
      waiting = waiting.slice(askedAtOnce);
      // When the connection breaks, it is made again, and everything is sent again.
      const seen = await visibleAmong(store, sight, some).catch(() => []);
      seen.forEach(report);
    }
    looking = false;
  }

  return {
    sight,
    add: (event) => {
      if (sight.kinds.includes(event.kind)) events.add(event);
    },
    join: (send) => {
      // One page may send as another does, so each has a function of its own.
      const own = (event: LiveEvent): void => send(event);
      senders.add(own);
      return () => void senders.delete(own);
    },
    listeners: () => senders.size,
    stop: () => {
      events.stop();
      waiting = [];
    },
  };
}

/** Those events that are about something that the collections hold, or about nothing that they could. */
async function visibleAmong(
  queries: Queries,
  sight: Sight,
  events: readonly LiveEvent[],
): Promise<readonly LiveEvent[]> {
  const subjects = await visibleSubjects(queries, sight, events);
  const hosts = await visibleHosts(queries, sight, events);
  return events.filter((event) => {
    switch (event.kind) {
      case 'image-changed':
        return subjects.has(event.subject);
      case 'host-changed':
        return hosts.has(event.host);
      case 'database-changed':
      case 'policies-changed':
      case 'exceptions-changed':
      case 'models-changed':
      case 'incidents-changed':
      case 'decisions-changed':
      case 'gates-changed':
      case 'compliance-changed':
        return true;
    }
  });
}

async function visibleSubjects(
  queries: Queries,
  { collections }: Sight,
  events: readonly LiveEvent[],
): Promise<ReadonlySet<SubjectId>> {
  const asked = events.flatMap((event) => (event.kind === 'image-changed' ? [event.subject] : []));
  if (asked.length === 0) return new Set();
  const { rows } = await sql<{ subject: SubjectId }>`
    select distinct subject from explorer.collection_subject where subject = any(${asked}::text[])
      and collection = any(${collections ?? []}::text[])`.execute(queries.query(explorerSchema));
  return new Set(rows.map((row) => row.subject));
}

async function visibleHosts(
  queries: Queries,
  sight: Sight,
  events: readonly LiveEvent[],
): Promise<ReadonlySet<string>> {
  const asked = events.flatMap((event) => (event.kind === 'host-changed' ? [event.host] : []));
  if (asked.length === 0) return new Set();
  const conditions = [sql<SqlBool>`host = any(${asked}::text[])`, ...visible(visibleTo(sight))];
  const { rows } = await sql<{ host: string }>`
    select distinct host from explorer.presence_row where ${sql.join(conditions, sql` and `)}`.execute(
    queries.query(explorerSchema),
  );
  return new Set(rows.map((row) => row.host));
}

function visibleTo({ collections }: Sight): { readonly collections?: readonly string[] } {
  return collections === undefined ? {} : { collections };
}
