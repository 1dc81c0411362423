import { oneLine } from '#base/index.ts';
import type { Kysely } from 'kysely';
import type { HandlerContext, Principal } from '#http/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { storable } from '../canonical-json.ts';
import type { AuditEntry } from '../contract.ts';
import { beginning, hashOfEntry, keyIdOf, type Link } from './audit-hash.ts';
import { type AccessTables, accessSchema } from './schema.ts';

/** Who does something, and from where. */
export interface Author {
  readonly actor: AuditEntry['actor'];
  readonly address?: string;
}

/** Something that was done, as the trail keeps it. Never put a secret into it. */
export interface AuditRecord extends Author {
  /** In the past tense: `token-made`, `policy-saved`. */
  readonly action: string;
  readonly target?: { readonly kind: string; readonly id: string; readonly name?: string };
  /** JSON; members that are `undefined` are left out. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Who has access to the console's machine: its start, its terminal, its timers. */
export const theConsole: Author = { actor: { kind: 'system', id: 'console', name: 'console' } };

/** The author of what a handler does. */
export function authorOf(
  principal: Pick<Principal, 'kind' | 'id' | 'name'> | undefined,
  request: Pick<HandlerContext['request'], 'ip'>,
): Author {
  if (principal === undefined) return { ...theConsole, address: request.ip };
  const { kind, id, name } = principal;
  return { actor: { kind, id, name }, address: request.ip };
}

/**
 * Appends to the audit trail: commits with what it tells of, or not at all. Call it last in a transaction, because
 * everything else that is audited waits for its end.
 */
export async function audit(transaction: Transaction, record: AuditRecord): Promise<void> {
  await transaction.lock('access-audit');
  await sealOld(transaction);
  await append(transaction, record);
}

/** Vouches once for the entries from before the trail was keyed. */
async function sealOld(transaction: Transaction): Promise<void> {
  const access = transaction.query(accessSchema);
  const { sequence: through, hash: head, isKeyed } = await headOf(access);
  if (isKeyed || through === 0) return;
  const { numDeletedRows } = await access.deleteFrom('audit_unsealed').executeTakeFirstOrThrow();
  if (numDeletedRows > 0n)
    await append(transaction, { ...theConsole, action: 'audit-sealed', detail: { through, head } });
}

/** Appends under the lock of the trail. */
async function append(transaction: Transaction, record: AuditRecord): Promise<void> {
  const access = transaction.query(accessSchema);
  const before = await headOf(access);
  const at = await transaction.now();
  const entry = { ...entryOf(record), sequence: before.sequence + 1, at: at.toISOString() };
  const { actor, target, detail, address } = entry;
  await access
    .insertInto('audit')
    .values({
      sequence: entry.sequence,
      at,
      actor: JSON.stringify(actor),
      action: entry.action,
      target: target === undefined ? null : JSON.stringify(target),
      detail: detail === undefined ? null : JSON.stringify(detail),
      address: address ?? null,
      hash: hashOfEntry(entry, before.hash, transaction),
      keyed_by: keyIdOf(transaction),
    })
    .execute();
}

/** What is told may come from an image or a host; it must fit the contract, else nobody could read the trail. */
function entryOf({
  actor,
  action,
  target,
  detail,
  address,
}: AuditRecord): Omit<AuditEntry, 'sequence' | 'at' | 'hash'> {
  const entry = {
    actor: { kind: actor.kind, id: oneLine(actor.id, 128, '\uFFFD'), name: oneLine(actor.name, 255, '\uFFFD') },
    action: oneLine(action, 64, '\uFFFD'),
    target: target && {
      kind: oneLine(target.kind, 64, '\uFFFD'),
      id: oneLine(target.id, 512, '\uFFFD'),
      name: target.name === undefined ? undefined : oneLine(target.name, 512, '\uFFFD'),
    },
    detail,
    address: address === undefined ? undefined : oneLine(address, 64, '\uFFFD'),
  };
  return storable(entry) as unknown as Omit<AuditEntry, 'sequence' | 'at' | 'hash'>;
}

/** The newest entry, or the checkpoint when everything before was pruned. */
export async function headOf(access: Kysely<AccessTables>): Promise<Link & { readonly isKeyed: boolean }> {
  const newest = await access
    .selectFrom('audit')
    .select(['sequence', 'hash', 'keyed_by'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest === undefined) return { ...(await checkpointOf(access)), isKeyed: false };
  return { sequence: newest.sequence, hash: newest.hash, isKeyed: newest.keyed_by !== null };
}

export async function checkpointOf(access: Kysely<AccessTables>): Promise<Link> {
  return (await access.selectFrom('audit_checkpoint').select(['sequence', 'hash']).executeTakeFirst()) ?? beginning;
}
