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

interface Kept {
  readonly hosts: ReadonlyMap<string, { readonly version: string; readonly subjects: readonly SeenSubject[] }>;
}

interface Memory {
  readonly sights: Map<string, Kept>;
  readonly loading: Map<string, Promise<Kept>>;
  /** By stance; how a stance stands never changes, for it is named by that. */
  stands: Map<string, readonly SeenStand[]>;
}

const memories = new WeakMap<Queries, Memory>();
/** Subjects that are kept for all sights together, some hundred bytes each. */
const mostKept = 200_000;
const mostStances = 20_000;

/** What somebody sees now. Only hosts on which something changed since somebody with the same sight asked are read. */
export async function readSeen(queries: Queries, sight: Sight): Promise<SeenEstate> {
  const memory = memories.get(queries) ?? { sights: new Map(), loading: new Map(), stands: new Map() };
  memories.set(queries, memory);
  const running = memory.loading.get(sight.key) ?? load(queries, memory, sight);
  memory.loading.set(sight.key, running);
  try {
    const { hosts } = await running;
    const names = [...hosts.keys()].toSorted(byCode);
    return { hosts: names.map((name) => hosts.get(name)?.subjects ?? []), stands: memory.stands };
  } finally {
    if (memory.loading.get(sight.key) === running) memory.loading.delete(sight.key);
  }
}

/** As the database orders hosts. */
function byCode(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

async function load(queries: Queries, memory: Memory, sight: Sight): Promise<Kept> {
  const { rows: now } = await sql<{ host: string; version: string }>`
    select host, changed_at::text as version from explorer.evidence_looked`.execute(queries.query(explorerSchema));
  const before = memory.sights.get(sight.key)?.hosts;
  const others = now.filter(({ host, version }) => before?.get(host)?.version !== version).map(({ host }) => host);
  const read =
    others.length === 0 ? new Map<string, readonly SeenSubject[]>() : await readHosts(queries, others, sight);
  const kept: Kept = {
    hosts: new Map(
      now.map(({ host, version }) => [
        host,
        { version, subjects: read.get(host) ?? (others.includes(host) ? [] : (before?.get(host)?.subjects ?? [])) },
      ]),
    ),
  };
  await readStands(queries, memory, [...read.values()].flat());
  memory.sights.delete(sight.key);
  memory.sights.set(sight.key, kept);
  forgetOldest(memory);
  return kept;
}

/** Those that were asked for longest ago go first; the last one stays. */
function forgetOldest({ sights }: Memory): void {
  let room = mostKept;
  for (const [at, [key, { hosts }]] of [...sights].toReversed().entries()) {
    for (const { subjects } of hosts.values()) room -= subjects.length;
    if (room < 0 && at > 0) sights.delete(key);
  }
}

interface Row {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly stance: string;
  readonly environments: readonly string[];
  readonly applications: readonly string[];
  readonly locations: readonly Selectable[] | null;
}

async function readHosts(
  queries: Queries,
  hosts: readonly string[],
  { view }: Sight,
): Promise<ReadonlyMap<string, readonly SeenSubject[]>> {
  const locations = view === undefined ? sql`null` : sql`locations`;
  const { rows } = await sql<Row>`
    select host, kind, id, stance, scope_environments as environments, scope_applications as applications,
      ${locations} as locations
    from explorer.evidence_subject where host = any(${hosts}::text[]) order by host, kind, name, id`.execute(
    queries.query(explorerSchema),
  );
  // Subjects that stand in the same pairs share them.
  const shared = new Map<string, ReadonlySet<string>>();
  const seen = rows.flatMap((row): readonly SeenSubject[] => {
    const keys = scopesSeen(row, view);
    if (keys.length === 0 && row.kind !== 'console') return [];
    const name = keys.join(' ');
    const scopes = shared.get(name) ?? new Set(keys);
    shared.set(name, scopes);
    const { host, kind, id, stance } = row;
    return [{ host, kind, id, stance, scopes }];
  });
  return Map.groupBy(seen, ({ host }) => host);
}

function scopesSeen({ environments, applications, locations }: Row, view: View): readonly string[] {
  if (view === undefined)
    return environments.map((environment, at) => scopeKey({ environment, application: applications[at] ?? '' }));
  return scopesOf((locations ?? []).filter(view)).map(scopeKey);
}

async function readStands(queries: Queries, memory: Memory, subjects: readonly SeenSubject[]): Promise<void> {
  const asked = [...new Set(subjects.map(({ stance }) => stance))].filter((stance) => !memory.stands.has(stance));
  if (asked.length === 0) return;
  // Readers of before keep the map that they hold.
  if (memory.stands.size + asked.length > mostStances) {
    memory.stands = new Map();
    memory.sights.clear();
  }
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('evidence_state')
    .selectAll()
    .where('stance', '=', sql<string>`any(${asked}::text[])`)
    .execute();
  const stands = rows.map((row) => ({ ...row, name: `${row.control} ${row.question}` }));
  for (const [stance, own] of Map.groupBy(stands, (one) => one.stance)) memory.stands.set(stance, own);
}
