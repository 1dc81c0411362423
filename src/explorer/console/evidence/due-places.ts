import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { imagesPlace } from '#compliance/console/index.ts';
import { readListedHosts } from '#inventory/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import { explorerSchema } from '../schema.ts';
import { answersOfConsole } from './collect.ts';
import { consoleId } from './collect-ids.ts';

/** Places that are to be looked at now. */
export interface DuePlaces {
  readonly hosts: readonly string[];
  /** Images and the console. */
  readonly estate: 'due' | 'current';
}

/** Those whose time has come, that are new or gone, or that were looked at with other documents or questions. */
export async function readDue(
  queries: Queries,
  { now, askedBy }: { readonly now: Date; readonly askedBy: string },
): Promise<DuePlaces> {
  const kept = await queries
    .query(explorerSchema)
    .selectFrom('evidence_looked')
    .select(['host', sql<boolean>`look_again_at <= ${now} or asked_by <> ${askedBy}`.as('due')])
    .execute();
  const known = new Map(kept.map(({ host, due }) => [host, due]));
  const listed = new Set((await readListedHosts(queries)).map(({ name }) => name));
  const gone = kept.filter(({ host }) => host !== imagesPlace && !listed.has(host)).map(({ host }) => host);
  return {
    hosts: [...[...listed].filter((host) => known.get(host) ?? true), ...gone].toSorted(),
    estate: (known.get(imagesPlace) ?? true) || (await isConsoleAnother(queries, now)) ? 'due' : 'current',
  };
}

/** No fact says that accounts, tokens or feeds of the console changed: they are read each time. */
async function isConsoleAnother(queries: Queries, now: Date): Promise<boolean> {
  const kept = await queries
    .query(explorerSchema)
    .selectFrom('evidence_answer')
    .select('answers')
    .where('host', '=', imagesPlace)
    .where('kind', '=', 'console')
    .where('id', '=', consoleId)
    .executeTakeFirst();
  return JSON.stringify(kept?.answers) !== JSON.stringify(await answersOfConsole(queries, now));
}

/** What is known to have changed about evidence: hosts, the images, or all. */
export type ChangedPlaces = 'all' | readonly string[];

/**
 * Notes that something of these places changed: they are looked at within the minute, together with all that changes until
 * then. A look that goes on meanwhile may have read what was before, so this waits for its end.
 */
export async function noteChanged(store: Store, now: Date, locations: ChangedPlaces): Promise<void> {
  if (locations.length === 0) return;
  await store.transaction(async (transaction) => {
    await transaction.lock(evidenceLock);
    await transaction
      .query(explorerSchema)
      .updateTable('evidence_looked')
      .set({ look_again_at: sql<Date>`least(look_again_at, ${now})` })
      .$if(locations !== 'all', (some) => some.where('host', '=', sql<string>`any(${locations}::text[])`))
      .execute();
  });
}

/** Agents of one machine share its file system: it concerns each of them. */
export async function noteSubjects(
  store: Store,
  now: Date,
  changed: readonly { readonly subject: SubjectId }[],
): Promise<void> {
  const systems = new Set(changed.flatMap(({ subject }) => systemOf(subject) ?? []));
  const hosts =
    systems.size === 0 ? [] : (await readListedHosts(store)).filter(({ name }) => systems.has(machineOf(name)));
  const images = changed.some(({ subject }) => systemOf(subject) === undefined) ? [imagesPlace] : [];
  await noteChanged(store, now, [...images, ...hosts.map(({ name }) => name)]);
}

function systemOf(subject: SubjectId): string | undefined {
  return subject.startsWith('host:') ? subject.slice('host:'.length) : undefined;
}

function machineOf(host: string): string {
  return host.split('/', 1)[0] ?? host;
}

/** Held by whatever writes how subjects stand: states that two write together are kept once. */
export const evidenceLock = 'explorer evidence';
