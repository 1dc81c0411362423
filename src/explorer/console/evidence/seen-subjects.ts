import { sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { EvidenceSubjectKind } from '../../contract-evidence.ts';
import type { Stand } from '../../evidence/stance.ts';
import { explorerSchema } from '../schema.ts';
import { type Scope, scopesOf } from './scopes.ts';

/** A subject that somebody sees. */
export interface SeenSubject {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly stance: string;
  /** Where he sees it, as `scopeKey` names pairs. */
  readonly scopes: ReadonlySet<string>;
}

/** Whose eyes: two of one key see the same. */
export interface Sight {
  readonly view: View;
  readonly key: string;
}

/** All that somebody sees, host by host in the order of lists, and how stances stand. */
export interface SeenEstate {
  readonly hosts: readonly (readonly SeenSubject[])[];
  readonly stands: ReadonlyMap<string, readonly SeenStand[]>;
}

/** A stand, and what it is counted under. */
export interface SeenStand extends Stand {
  /** Control and question. */
  readonly name: string;
}

export function scopeKey({ environment, application }: Scope): string {
  return JSON.stringify([environment, application]);
}

/** The console is part of whatever somebody looks at. */
export function isIn({ kind, scopes }: SeenSubject, key: string): boolean {
  return kind === 'console' || scopes.has(key);
}

/** A subject as it is for everybody, and where it is. */
interface KnownSubject extends SeenSubject {
  readonly locations: readonly Selectable[];
}

interface OnHost<Subject> {
  readonly version: string;
  readonly subjects: readonly Subject[];
}

type Hosts<Subject> = ReadonlyMap<string, OnHost<Subject>>;

interface Memory {
  /** Everything. */
  known: Hosts<KnownSubject>;
  loading: Promise<Hosts<KnownSubject>> | undefined;
  /** What of it those see who do not see everything. */
  readonly sights: Map<string, Hosts<SeenSubject>>;
  /** By stance; how a stance stands never changes, for it is named by that. */
  stands: Map<string, readonly SeenStand[]>;
}

const memories = new WeakMap<Queries, Memory>();
/** Subjects that are kept for all sights together, some hundred bytes each. */
const mostKept = 200_000;
const mostStances = 20_000;

/** What somebody sees now. Only hosts on which something changed since anybody asked are read. */
export async function readSeen(queries: Queries, sight: Sight): Promise<SeenEstate> {
  const memory = memories.get(queries) ?? {
    known: new Map<string, OnHost<KnownSubject>>(),
    loading: undefined,
    sights: new Map(),
    stands: new Map(),
  };
  memories.set(queries, memory);
  const loading = memory.loading ?? load(queries, memory);
  memory.loading = loading;
  try {
    const known = await loading;
    const hosts = sight.view === undefined ? known : seenBy(memory, known, sight);
    return { hosts: [...hosts.values()].map(({ subjects }) => subjects), stands: memory.stands };
  } finally {
    if (memory.loading === loading) memory.loading = undefined;
  }
}

async function load(queries: Queries, memory: Memory): Promise<Hosts<KnownSubject>> {
  const { rows: now } = await sql<{ host: string; version: string }>`
    select host, changed_at::text as version from explorer.evidence_looked order by host collate "C"`.execute(
    queries.query(explorerSchema),
  );
  const before = memory.known;
  const others = now.filter(({ host, version }) => before.get(host)?.version !== version).map(({ host }) => host);
  if (others.length === 0 && now.length === before.size) return before;
  const read = await readHosts(queries, others);
  const known = new Map(
    now.map(({ host, version }) => {
      const kept = before.get(host);
      return [host, kept?.version === version ? kept : { version, subjects: read.get(host) ?? [] }];
    }),
  );
  await readStands(queries, memory, known);
  memory.known = known;
  return known;
}

/** What of everything somebody sees. Only hosts that changed since he asked are looked through again. */
function seenBy(memory: Memory, known: Hosts<KnownSubject>, { view, key }: Sight): Hosts<SeenSubject> {
  const before = memory.sights.get(key);
  // Subjects in the same locations share what is seen of them.
  const shared = new Map<readonly Selectable[], ReadonlySet<string>>();
  const scopesSeen = (locations: readonly Selectable[]): ReadonlySet<string> => {
    const scopes = shared.get(locations) ?? new Set(scopesOf(locations.filter(view ?? (() => true))).map(scopeKey));
    shared.set(locations, scopes);
    return scopes;
  };
  const seen = new Map(
    [...known].map(([host, { version, subjects }]) => {
      const kept = before?.get(host);
      if (kept?.version === version) return [host, kept];
      const own = subjects.flatMap(({ locations, ...subject }): readonly SeenSubject[] => {
        const scopes = scopesSeen(locations);
        return scopes.size === 0 && subject.kind !== 'console' ? [] : [{ ...subject, scopes }];
      });
      return [host, { version, subjects: own }];
    }),
  );
  memory.sights.delete(key);
  memory.sights.set(key, seen);
  forgetOldest(memory);
  return seen;
}

/** Those that were asked for longest ago go first; the last one stays. */
function forgetOldest({ sights }: Memory): void {
  let room = mostKept;
  for (const [at, [key, hosts]] of [...sights].toReversed().entries()) {
    for (const { subjects } of hosts.values()) room -= subjects.length;
    if (room < 0 && at > 0) sights.delete(key);
  }
}

interface Row {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly stance: string;
  readonly locations: string;
}

async function readHosts(
  queries: Queries,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, readonly KnownSubject[]>> {
  const { rows } = await sql<Row>`
    select host, kind, id, stance, locations::text as locations
    from explorer.evidence_subject where host = any(${hosts}::text[]) order by host, kind, name, id`.execute(
    queries.query(explorerSchema),
  );
  // Subjects in the same locations share them, and the pairs in which they are counted.
  const shared = new Map<string, Pick<KnownSubject, 'locations' | 'scopes'>>();
  const known = rows.map(({ locations: text, ...subject }): KnownSubject => {
    const where = shared.get(text) ?? whereOf(JSON.parse(text));
    shared.set(text, where);
    return { ...subject, ...where };
  });
  return Map.groupBy(known, ({ host }) => host);
}

function whereOf(locations: readonly Selectable[]): Pick<KnownSubject, 'locations' | 'scopes'> {
  return { locations, scopes: new Set(scopesOf(locations).map(scopeKey)) };
}

/** Reads how the stances of all that is known stand, as far as that is not kept. */
async function readStands(queries: Queries, memory: Memory, known: Hosts<KnownSubject>): Promise<void> {
  const needed = new Set([...known.values()].flatMap(({ subjects }) => subjects.map(({ stance }) => stance)));
  const missing = [...needed].filter((stance) => !memory.stands.has(stance));
  if (missing.length === 0) return;
  const isFull = memory.stands.size + missing.length > mostStances;
  // Readers of before keep the map that they hold.
  const stands = isFull ? new Map<string, readonly SeenStand[]>() : memory.stands;
  const asked = [...(isFull ? needed : missing)];
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('evidence_state')
    .selectAll()
    .where('stance', '=', sql<string>`any(${asked}::text[])`)
    .execute();
  const found = rows.map((row) => ({ ...row, name: `${row.control} ${row.question}` }));
  for (const [stance, own] of Map.groupBy(found, (one) => one.stance)) stands.set(stance, own);
  memory.stands = stands;
}
