import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import type { CallInput, ReplyOf } from '#http/index.ts';
import type { Queries, Store } from '#store/index.ts';
import type { AuditEntry, listAudit, listAuditActors, verifyAudit } from '../contract.ts';
import { audit, checkpointOf, theConsole } from './audit.ts';
import type { Link } from './audit-hash.ts';
import { type Difference, differingHeads, firstDifference, type HeldHead, provenHeads } from './audit-heads.ts';
import { type Break, type Taken, type WalkedEntry, walkFrom } from './audit-walk.ts';
import type { Dependencies } from './dependencies.ts';
import { readRetention } from './retention.ts';
import { type AccessTables, accessSchema } from './schema.ts';

/** What a walk over the chain found. */
export type Verification = ReplyOf<typeof verifyAudit>;

const batch = 2000;
const day = 24 * 60 * 60_000;

type TrailQuery = Exclude<CallInput<typeof listAudit>['query'], undefined> & { readonly limit: number };

/** Newest first. */
export async function readTrail(
  { store }: Pick<Dependencies, 'store'>,
  { before, limit, ...asked }: TrailQuery,
): Promise<ReplyOf<typeof listAudit>> {
  const access = store.query(accessSchema);
  const matching = access.selectFrom('audit').where((row) => matches(row, asked));
  const rows = await matching
    .selectAll()
    .$if(before !== undefined, (query) => query.where('sequence', '<', Number(before)))
    .orderBy('sequence', 'desc')
    .limit(limit)
    .execute();
  const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { entries: rows.map(toEntry), total } as ReplyOf<typeof listAudit>;
}

function matches(
  { and, eb, val }: ExpressionBuilder<AccessTables, 'audit'>,
  { search = '', actor, since, until }: Pick<TrailQuery, 'search' | 'actor' | 'since' | 'until'>,
) {
  const words = search.split(/\s+/).filter((word) => word !== '');
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
  return and([
    sql<boolean>`concat_ws(' ', action, actor->>'name', target::text, detail::text, address, hash)
      ilike all (${val(patterns)}::text[])`,
    ...(actor === undefined ? [] : [sql<boolean>`${actor} in (actor->>'name', actor->>'id')`]),
    ...(since === undefined ? [] : [eb('at', '>=', new Date(since))]),
    ...(until === undefined ? [] : [eb('at', '<', new Date(until))]),
  ]);
}

/** As many as a list to choose from holds. */
const mostActors = 500;

/** Everyone who stands in the trail, those with the newest entries first. */
export async function readActors({ store }: Pick<Dependencies, 'store'>): Promise<ReplyOf<typeof listAuditActors>> {
  const { rows } = await sql<{ kind: AuditEntry['actor']['kind']; name: string; entries: number }>`
    select actor->>'kind' as kind, actor->>'name' as name, count(*)::int as entries from access.audit
    group by 1, 2 order by max(sequence) desc limit ${mostActors}`.execute(store.query(accessSchema));
  return { actors: rows };
}

/** Walks the whole chain, and compares it with what agents hold. */
export async function verifyTrail(dependencies: Pick<Dependencies, 'store' | 'heldHeads'>): Promise<Verification> {
  const { taken, agents, broken, difference } = await comparedTrail(dependencies);
  const { entries, last, starts, restores } = taken;
  // What agents hold tells more than that the trail as a whole is none of this console.
  if (difference !== undefined) return { state: 'differs', entries, ...difference };
  if (broken !== undefined) return { state: 'broken', entries, ...broken };
  return { state: 'intact', entries, head: last.hash, starts: [...starts], restores: [...restores], agents };
}

interface Compared {
  readonly taken: Taken;
  /** Agents whose heads were compared. */
  readonly agents: number;
  readonly broken: Break | undefined;
  /** The first of those that differ; nothing where an entry breaks the chain. */
  readonly difference: Difference | undefined;
  readonly differing: readonly HeldHead[];
}

/** Some entries at a time. When old entries were pruned meanwhile, it begins again from the new checkpoint. */
export async function comparedTrail({
  store,
  heldHeads,
}: Pick<Dependencies, 'store' | 'heldHeads'>): Promise<Compared> {
  const held = provenHeads((await heldHeads?.()) ?? [], store);
  for (;;) {
    const start = await checkpointOf(store.query(accessSchema));
    const found = await walk(store, start, held);
    const now = await checkpointOf(store.query(accessSchema));
    if (now.sequence === start.sequence && now.hash === start.hash) return found;
  }
}

async function walk(store: Store, start: Link, held: readonly HeldHead[]): Promise<Compared> {
  const following = walkFrom(start, store);
  const agents = new Set(held.map(({ agent }) => agent)).size;
  const wanted = new Set(held.map(({ sequence }) => sequence));
  const hashes = new Map<number, string>();
  for await (const walked of entriesOf(store)) {
    const broken = following.next(walked);
    if (broken !== undefined) return { taken: following.taken(), agents, broken, difference: undefined, differing: [] };
    if (wanted.has(walked.entry.sequence)) hashes.set(walked.entry.sequence, walked.entry.hash);
  }
  const taken = following.taken();
  const trail = { start, hashes, last: taken.last, restores: taken.restores };
  const [difference, differing] = [firstDifference(held, trail), differingHeads(held, trail)];
  return { taken, agents, broken: following.end(), difference, differing };
}

/** All entries, oldest first, some at a time. */
export async function* entriesOf(queries: Queries): AsyncGenerator<WalkedEntry> {
  const access = queries.query(accessSchema);
  for (let after: number | undefined = -1; after !== undefined; ) {
    const rows: readonly Row[] = await access
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(batch)
      .execute();
    yield* rows.map((row) => ({ entry: toEntry(row), keyedBy: row.keyed_by }));
    after = rows.at(-1)?.sequence;
  }
}

type Row = Selectable<AccessTables['audit']>;

function toEntry({ sequence, at, actor, action, target, detail, address, hash }: Row): AuditEntry {
  return {
    sequence,
    at: at.toISOString(),
    actor,
    action,
    ...(target === null ? {} : { target }),
    ...(detail === null ? {} : { detail }),
    ...(address === null ? {} : { address }),
    hash,
  };
}

/** Deletes what is older than the retention says, and keeps the last hash of it, so that the chain goes on from there. */
export async function pruneTrail({ store, clock }: Pick<Dependencies, 'store' | 'clock'>): Promise<void> {
  await store.transaction(async (transaction) => {
    const { auditDays } = await readRetention(transaction);
    await transaction.lock('access-audit');
    const access = transaction.query(accessSchema);
    const last = await access
      .selectFrom('audit')
      .select(['sequence', 'hash'])
      .where('at', '<', new Date(clock().getTime() - auditDays * day))
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (last === undefined || (await isNeeded(access, last))) return;
    await access
      .insertInto('audit_checkpoint')
      .values(last)
      .onConflict((conflict) => conflict.column('single').doUpdateSet(last))
      .execute();
    const pruned = await access.deleteFrom('audit').where('sequence', '<=', last.sequence).executeTakeFirstOrThrow();
    const detail = { entries: Number(pruned.numDeletedRows), through: last.sequence, days: auditDays };
    await audit(transaction, { ...theConsole, action: 'audit-pruned', detail });
  });
}

/** Agents still hold heads that only an entry acknowledges which would be pruned: everything stays until the trail is longer. */
async function isNeeded(access: Kysely<AccessTables>, { sequence }: Pick<Link, 'sequence'>): Promise<boolean> {
  const restore = await access
    .selectFrom('audit')
    .select('sequence')
    .where('action', '=', 'restore-accepted')
    .where('sequence', '<=', sequence)
    .where(sql<boolean>`(detail->>'through')::bigint >= ${sequence}`)
    .limit(1)
    .executeTakeFirst();
  return restore !== undefined;
}
