import type { Clock } from '#base/index.ts';
import { imagesPlace } from '#compliance/console/index.ts';
import { readListedHosts } from '#inventory/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { explorerSchema } from '../schema.ts';
import { pageNotice } from '../sum-and-report.ts';
import { collectEstate, collectHosts } from './collect.ts';
import { saveDays } from './control-days.ts';
import { readHeldAttestations } from './attestations.ts';
import { recordHistory } from './record-history.ts';
import { pruneStates, saveSubjects } from './save.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Held by whatever writes how subjects stand: states that two write together are kept once. */
const lock = 'explorer evidence';

/** Hosts that are looked at in one transaction. */
const together = 25;

/** Looks again at everything on these hosts. */
export async function refreshHosts({ store, clock }: Dependencies, names: readonly string[]): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(lock);
    const now = clock();
    const held = await readHeldAttestations(transaction, now);
    const subjects = await collectHosts(transaction, { names, now, held });
    await follow(transaction, {
      subjects,
      now,
      saved: await saveSubjects(transaction, { hosts: names, subjects, now }),
    });
  });
}

/** Looks again at images and at the console itself. */
export async function refreshEstate({ store, clock }: Dependencies): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(lock);
    const now = clock();
    const held = await readHeldAttestations(transaction, now);
    const subjects = await collectEstate(transaction, { now, held });
    const saved = await saveSubjects(transaction, { hosts: [imagesPlace], subjects, now });
    await follow(transaction, { subjects, now, saved });
  });
}

/** Each minute: what time alone changes, and what no fact announced. Then the day is written down. */
export async function refreshEvidence(dependencies: Dependencies): Promise<void> {
  const { store, clock } = dependencies;
  const names = await allHosts(store);
  for (let at = 0; at < names.length; at += together) await refreshHosts(dependencies, names.slice(at, at + together));
  await refreshEstate(dependencies);
  await store.transaction(async (transaction) => {
    await transaction.lock(lock);
    await pruneStates(transaction);
    await saveDays(transaction, clock());
  });
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
