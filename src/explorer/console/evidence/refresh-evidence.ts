import { createHash } from 'node:crypto';
import type { Clock } from '#base/index.ts';
import { imagesPlace } from '#compliance/console/index.ts';
import { readListedHosts } from '#inventory/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import { controlTemplates } from '../../evidence/templates.ts';
import { explorerSchema } from '../schema.ts';
import { pageNotice } from '../sum-and-report.ts';
import { collectEstate, collectHosts, type CollectedSubject, type Questions } from './collect.ts';
import { saveDays } from './control-days.ts';
import { readHeldAttestations } from './attestations.ts';
import { type DuePlaces, evidenceLock, readDue } from './due-places.ts';
import { recordHistory } from './record-history.ts';
import { pruneStates, saveSubjects } from './save.ts';
import { readTemplates } from './templates-here.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Hosts that are looked at in one transaction. */
const together = 25;

/** Looks again at everything on these hosts. */
async function refreshHosts(dependencies: Dependencies, names: readonly string[]): Promise<void> {
  await look(dependencies, names, async (transaction, asked) => {
    return await collectHosts(transaction, { names, ...asked });
  });
}

/** Looks again at images and at the console itself. */
export async function refreshEstate(dependencies: Dependencies): Promise<void> {
  await look(dependencies, [imagesPlace], collectEstate);
}

interface Asked extends Questions {
  readonly now: Date;
}

async function look(
  { store, clock }: Dependencies,
  locations: readonly string[],
  collect: (transaction: Transaction, asked: Asked) => Promise<readonly CollectedSubject[]>,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(evidenceLock);
    const now = clock();
    const questions = await readQuestions(transaction, now);
    const subjects = await collect(transaction, { now, ...questions });
    const saved = await saveSubjects(transaction, { hosts: locations, subjects, now, askedBy: askedBy(questions) });
    await follow(transaction, { subjects, now, saved });
  });
}

async function readQuestions(queries: Queries, now: Date): Promise<Questions> {
  return { templates: await readTemplates(queries), held: await readHeldAttestations(queries, now) };
}

const released = digestOf(controlTemplates);

/** Documents that hold, and the questions of all templates: with others everything is looked at again. */
function askedBy({ templates, held }: Questions): string {
  const own = templates.filter(({ standing }) => standing === 'own');
  return `${released} ${own.length === 0 ? '' : digestOf(own)} ${[...held].toSorted().join(' ')}`;
}

function digestOf(templates: readonly ControlTemplate[]): string {
  return createHash('sha256').update(JSON.stringify(templates)).digest('base64url');
}

/** Places that were not looked at since questions or documents changed: what is shown leaves their subjects out. */
export async function readPending(queries: Queries, now: Date): Promise<number> {
  const { count } = await queries
    .query(explorerSchema)
    .selectFrom('evidence_looked')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('asked_by', '<>', askedBy(await readQuestions(queries, now)))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Looks at everything, whatever was looked at before. */
export async function refreshEvidence(dependencies: Dependencies): Promise<void> {
  const { store } = dependencies;
  await refreshDue(dependencies, { hosts: await allHosts(store), estate: 'due' });
  await endOfDay(dependencies);
}

/**
 * Three times a minute: looks at places of which time alone changes an answer, of which something was noted that changed, and which
 * nobody has looked at for long. Then the day is written down.
 */
export async function watchEvidence(dependencies: Dependencies, written: { day: string }): Promise<void> {
  const { store, clock } = dependencies;
  const now = clock();
  const due = await readDue(store, { now, askedBy: askedBy(await readQuestions(store, now)) });
  await refreshDue(dependencies, due);
  // What reactions changed since the last minute counts too.
  const day = `${now.toISOString().slice(0, 10)} ${await lastChange(store)}`;
  if (day === written.day) return;
  await endOfDay(dependencies);
  written.day = day;
}

async function refreshDue(dependencies: Dependencies, { hosts, estate }: DuePlaces): Promise<void> {
  for (let at = 0; at < hosts.length; at += together) await refreshHosts(dependencies, hosts.slice(at, at + together));
  if (estate === 'due') await refreshEstate(dependencies);
}

async function endOfDay({ store, clock }: Dependencies): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(evidenceLock);
    await pruneStates(transaction);
    await saveDays(transaction, clock());
  });
}

async function lastChange(queries: Queries): Promise<string> {
  const { locations, at } = await queries
    .query(explorerSchema)
    .selectFrom('evidence_looked')
    .select(({ fn }) => [fn.countAll<string>().as('locations'), fn.max('changed_at').as('at')])
    .executeTakeFirstOrThrow();
  return `${locations} ${at?.toISOString() ?? ''}`;
}

/** Those that exist, and those of which something is kept. */
async function allHosts(queries: Queries): Promise<readonly string[]> {
  const kept = await queries
    .query(explorerSchema)
    .selectFrom('evidence_looked')
    .select('host')
    .where('host', '<>', imagesPlace)
    .execute();
  const listed = await readListedHosts(queries);
  return [...new Set([...listed.map(({ name }) => name), ...kept.map(({ host }) => host)])].toSorted();
}

/** What changed goes into history, and pages hear of it. */
async function follow(transaction: Transaction, what: Parameters<typeof recordHistory>[1]): Promise<void> {
  const { changed, gone } = what.saved;
  if (changed.length + gone.length === 0) return;
  await recordHistory(transaction, what);
  const { channel, message } = pageNotice('compliance-changed');
  await transaction.notify(channel, message);
}
