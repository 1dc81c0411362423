import { audit, theConsole } from '#access/console/index.ts';
import { AppError } from '#base/index.ts';
import { type Route, route } from '#http/console/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import { type View, viewOf } from '#inventory/console/index.ts';
import type { Keyed, Queries, Store } from '#store/index.ts';
import { listLogHeads, listLogLeaves, verifyEvidenceLog } from '../../contract.ts';
import { placesOf } from '../places.ts';
import { complianceSchema } from '../schema.ts';
import { readPublicKeys } from './evidence-key.ts';
import { leavesOf, type LogSubject, readHeads, toSignedHead } from './leaves.ts';
import { readNewestHead, sealDue, type SealDependencies, sealNow } from './seal-log.ts';
import { writeSnapshots } from './snapshots.ts';
import { type GivenHead, verifyStored } from './verify-stored.ts';
import { noteVerified } from './watch-log.ts';

/** What the evidence log stands on. */
export interface EvidenceLogDependencies extends SealDependencies {
  /** Heads of the log that agents say they hold. */
  readonly heldHeads: () => Promise<readonly (GivenHead & { readonly agent: string })[]>;
}

/** What the console runs of the evidence log. */
export interface EvidenceLog {
  readonly routes: readonly Route[];
  /** Each minute: seals what is due, and writes the snapshots that are. */
  seal(): Promise<void>;
  /** Seals all that is written down by now. */
  sealNow(): Promise<number>;
  /** Each hour: writes the newest head into the audit trail. */
  noteHead(): Promise<void>;
  /** Each hour: verifies all of it. */
  watch(): Promise<void>;
  /** Ends a look at all of it that is under way. */
  close(): void;
}

export function createEvidenceLog(dependencies: EvidenceLogDependencies): EvidenceLog {
  const { store, heldHeads } = dependencies;
  const ended = new AbortController();
  let running: Promise<ReplyOf<typeof verifyEvidenceLog>> | undefined;
  const verifyOnce = async (): Promise<ReplyOf<typeof verifyEvidenceLog>> => {
    const found = await verifyStored({ ...dependencies, signal: ended.signal }, await heldHeads());
    await noteVerified(dependencies, found);
    return found;
  };
  // It reads all of the log: whoever asks meanwhile gets the same answer.
  const verify = (): Promise<ReplyOf<typeof verifyEvidenceLog>> => {
    running ??= verifyOnce().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    routes: [
      route(listLogHeads, async ({ query }) => await listHeads(dependencies, query)),
      route(listLogLeaves, async ({ principal, params, query }) =>
        listLeaves(store, await viewOf(store, principal), { ...params, ...query }),
      ),
      route(verifyEvidenceLog, verify, { rateLimit: { requests: 6, seconds: 60 } }),
    ],
    seal: async () => {
      await sealDue(dependencies);
      await writeSnapshots(store);
    },
    sealNow: async () => await sealNow(dependencies),
    noteHead: async () => await noteHead(store),
    watch: async () => {
      await verify();
    },
    close: () => ended.abort(),
  };
}

/** Once for each head: nothing new, no entry. */
async function noteHead(store: Store): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock('compliance evidence head noted');
    const newest = await readNewestHead(transaction);
    if (newest === undefined || newest.noted) return;
    await transaction
      .query(complianceSchema)
      .updateTable('log_head')
      .set({ noted: true })
      .where('batch', '=', newest.batch)
      .execute();
    const { batch, hash, key, first, count } = newest;
    await audit(transaction, {
      ...theConsole,
      action: 'evidence-sealed',
      target: { kind: 'evidence-head', id: String(batch) },
      detail: { hash, key, rows: first + count },
    });
  });
}

async function listHeads(
  { store: queries, masterKey }: SealDependencies,
  { after, limit }: HandlerInput<typeof listLogHeads>['query'],
): Promise<ReplyOf<typeof listLogHeads>> {
  const heads = await readHeads(queries, { after, limit: limit + 1 });
  const page = heads.slice(0, limit);
  const next = heads.length > limit ? page.at(-1)?.batch : undefined;
  const { waiting } = await queries
    .query(complianceSchema)
    .selectFrom('transition')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .where('position', 'is', null)
    .executeTakeFirstOrThrow();
  const keys = await readPublicKeys(queries, masterKey());
  return {
    keys: keys.map(({ since, ...key }) => ({ ...key, since: since.toISOString() })),
    heads: page.map(toSignedHead),
    ...(next !== undefined && { next }),
    waiting,
  };
}

type AskedLeaves = HandlerInput<typeof listLogLeaves>['params'] & HandlerInput<typeof listLogLeaves>['query'];

/** A page of one batch. Throws `AppError` `not-found`, `conflict`. */
async function listLeaves(
  queries: Queries & Keyed,
  view: View,
  { batch, from, limit }: AskedLeaves,
): Promise<ReplyOf<typeof listLogLeaves>> {
  for await (const { head, rows, leaves } of leavesOf(queries, { from: batch, to: batch }, seenBy(queries, view))) {
    const following = leaves.filter(({ proof }) => proof.position >= from);
    const page = following.slice(0, limit);
    const next = following[limit]?.proof.position;
    return {
      head,
      rows,
      leaves: page.map(({ text, proof: { position, path } }) => ({ text, position, path: [...path] })),
      ...(next !== undefined && { next }),
    };
  }
  throw new AppError('not-found', `There is no batch ${batch} of the evidence log.`);
}

/** Which subjects a view holds, each looked for once: where it stands now. One that is gone is seen by who sees all. */
function seenBy(queries: Queries, view: View): (subject: LogSubject) => boolean | Promise<boolean> {
  if (view === undefined) return () => true;
  const known = new Map<string, Promise<boolean>>();
  return ({ host, kind, id, name }) => {
    const key = JSON.stringify([host, kind, id]);
    const seen =
      known.get(key) ?? placesOf(queries, { host, kind: kind as 'host', id, name }).then((places) => places.some(view));
    known.set(key, seen);
    return seen;
  };
}
