import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { CallInput, ReplyOf } from '#http/index.ts';
import type { Store } from '#store/index.ts';
import type { AuditEntry, listAudit, verifyAudit } from '../contract.ts';
import { audit, checkpointOf, theConsole } from './audit.ts';
import { hashOfEntry, type Link } from './audit-hash.ts';
import type { Parts } from './parts.ts';
import { readRetention } from './retention.ts';
import { type AccessTables, accessSchema } from './schema.ts';

/** What a walk over the chain found. */
export type Verification = ReplyOf<typeof verifyAudit>;

const batch = 2000;
const day = 24 * 60 * 60_000;

/** Newest first. */
export async function readTrail(
  { store }: Pick<Parts, 'store'>,
  { search, before, limit }: Exclude<CallInput<typeof listAudit>['query'], undefined> & { readonly limit: number },
): Promise<ReplyOf<typeof listAudit>> {
  const access = store.query(accessSchema);
  const matching = access.selectFrom('audit').where((row) => matches(row, search ?? ''));
  const rows = await matching
    .selectAll()
    .$if(before !== undefined, (query) => query.where('sequence', '<', Number(before)))
    .orderBy('sequence', 'desc')
    .limit(limit)
    .execute();
  const { total } = await matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  return { entries: rows.map(toEntry), total } as ReplyOf<typeof listAudit>;
}

function matches({ val }: ExpressionBuilder<AccessTables, 'audit'>, search: string) {
  const words = search.split(/\s+/).filter((word) => word !== '');
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
  return sql<boolean>`concat_ws(' ', action, actor->>'name', target::text, detail::text, address, hash)
    ilike all (${val(patterns)}::text[])`;
}

/**
 * Walks the whole chain, some entries at a time. When old entries were pruned meanwhile, it begins again from the new
 * checkpoint.
 */
export async function verifyTrail({ store }: Pick<Parts, 'store'>): Promise<Verification> {
  for (;;) {
    const start = await checkpointOf(store.query(accessSchema));
    const found = await walk(store, start);
    const now = await checkpointOf(store.query(accessSchema));
    if (found.state === 'intact' || (now.sequence === start.sequence && now.hash === start.hash)) return found;
  }
}

async function walk(store: Store, start: Link): Promise<Verification> {
  let last = start;
  let entries = 0;
  for await (const entry of entriesOf(store)) {
    const reason = breakOf(entry, last);
    if (reason !== undefined)
      return { state: 'broken', entries, sequence: Math.min(entry.sequence, last.sequence + 1), reason };
    last = entry;
    entries++;
  }
  return { state: 'intact', entries, head: last.hash };
}

function breakOf(entry: AuditEntry, last: Link): string | undefined {
  const named = `entry ${entry.sequence} of ${entry.at}, "${entry.action.slice(0, 64)}"`;
  if (entry.sequence <= last.sequence) return `The trail was pruned up to ${last.sequence}, but ${named} is there.`;
  if (entry.sequence > last.sequence + 1) return `Entry ${last.sequence + 1} is missing; the next is ${named}.`;
  if (entry.hash === hashOfEntry(entry, last.hash)) return undefined;
  return `The hash of ${named} does not follow: it, or the one before, was changed.`;
}

async function* entriesOf(store: Store): AsyncGenerator<AuditEntry> {
  const access = store.query(accessSchema);
  for (let after: number | undefined = -1; after !== undefined; ) {
    const rows: readonly Row[] = await access
      .selectFrom('audit')
      .selectAll()
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(batch)
      .execute();
    yield* rows.map(toEntry);
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
export async function pruneTrail({ store, clock }: Pick<Parts, 'store' | 'clock'>): Promise<void> {
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
    if (last === undefined) return;
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
