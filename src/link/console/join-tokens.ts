import { createHash, randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { AppError } from '#base/index.ts';
import { type Author, audit } from '#access/console/index.ts';
import type { CallInput, ReplyOf } from '#http/index.ts';
import type { Transaction } from '#store/index.ts';
import { type createJoinToken, type JoinToken, unassigned } from '../contract.ts';
import { fingerprintOf, joinSecretText } from '../join-secret.ts';
import type { Dependencies } from './dependencies.ts';
import { type LinkTables, linkSchema } from './schema.ts';

const hour = 60 * 60_000;
/** An ended token is listed so long. */
const kept = 30 * 24 * hour;

export type NewJoinToken = CallInput<typeof createJoinToken>['body'];

/** Makes a token. Its secret is in nothing but this answer. */
export async function makeJoinToken(
  dependencies: Dependencies,
  wanted: NewJoinToken,
  author: Author,
): Promise<ReplyOf<typeof createJoinToken>> {
  const { store, clock, random, authorities, urlForHosts } = dependencies;
  const secret = random(32).toString('base64url');
  const { certificate } = (await authorities()).serving;
  const row = rowOf(wanted, { now: clock(), secret, createdBy: author.actor.name });
  await store.transaction(async (transaction) => {
    const link = transaction.query(linkSchema);
    const ended = new Date(clock().getTime() - kept);
    await link.deleteFrom('join_token').where('expires_at', '<', ended).execute();
    await link.insertInto('join_token').values(row).execute();
    const { environments, hosts, uses, expires_at: expiresAt } = row;
    await audit(transaction, {
      ...author,
      action: 'join-token-made',
      target: { kind: 'join-token', id: row.id, name: row.name },
      detail: { environments, hosts, uses, expiresAt: expiresAt.toISOString() },
    });
  });
  const text = joinSecretText({ secret, fingerprint: fingerprintOf(certificate, 'base64url') });
  return { token: toJoinToken(row), secret: text, ...commandFor(urlForHosts(), row.environments) };
}

/** Without the secret: the agent asks for it, so that it stands in no list of processes and no shell history. */
function commandFor(url: string | undefined, [environment]: readonly string[]) {
  if (url === undefined) {
    const unreachable = 'The console knows no address of its own that other hosts reach.';
    return { unreachable };
  }
  const place = environment === undefined || environment === unassigned ? '' : ` --environment ${environment}`;
  return { command: `seawall agent --console ${url}${place} --token-file -` };
}

function rowOf(
  { name, environments, hosts, uses = 1, hours = 24 }: NewJoinToken,
  { now, secret, createdBy }: { readonly now: Date; readonly secret: string; readonly createdBy: string },
): TokenRow {
  return {
    id: randomUUID(),
    name,
    secret_hash: hashOfSecret(secret),
    environments: [...new Set(environments)],
    hosts: hosts ?? null,
    uses,
    created_at: now,
    created_by: createdBy,
    expires_at: new Date(now.getTime() + hours * hour),
    held_at: null,
  };
}

/** What is stored of a secret of 256 random bits; nobody can guess one, so a plain hash protects it. */
export function hashOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Newest first; used up and expired ones among them. */
export async function allJoinTokens({ store }: Pick<Dependencies, 'store'>): Promise<readonly JoinToken[]> {
  const rows = await store
    .query(linkSchema)
    .selectFrom('join_token')
    .selectAll()
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map(toJoinToken);
}

/** Agents that joined by it stay. Throws `AppError` `not-found`. */
export async function removeJoinToken(
  { store }: Pick<Dependencies, 'store'>,
  id: string,
  author: Author,
): Promise<void> {
  await store.transaction(async (transaction) => {
    const removed = await transaction
      .query(linkSchema)
      .deleteFrom('join_token')
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst();
    if (removed === undefined) throw new AppError('not-found', 'There is no such join token.');
    const target = { kind: 'join-token', id, name: removed.name };
    await audit(transaction, { ...author, action: 'join-token-revoked', target });
  });
}

/** Holds every join token of a restored copy: one that was revoked after the copy was taken may be among them. */
export async function holdJoinTokens(transaction: Transaction, restoredAt: Date): Promise<void> {
  await transaction.query(linkSchema).updateTable('join_token').set({ held_at: restoredAt }).execute();
}

/** Hosts may join by these held tokens again. Gives how many they were. */
export async function confirmHeld(
  { store }: Pick<Dependencies, 'store'>,
  ids: readonly string[],
  author: Author,
): Promise<number> {
  return await store.transaction(async (transaction) => {
    const confirmed = await transaction
      .query(linkSchema)
      .updateTable('join_token')
      .set({ held_at: null })
      .where('id', '=', sql<string>`any(${ids}::uuid[])`)
      .where('held_at', 'is not', null)
      .returning('name')
      .execute();
    if (confirmed.length === 0) return 0;
    const names = confirmed.map(({ name }) => name).toSorted();
    const detail = { count: names.length, names: names.slice(0, 50) };
    await audit(transaction, { ...author, action: 'join-tokens-confirmed', detail });
    return confirmed.length;
  });
}

type TokenRow = Selectable<LinkTables['join_token']>;

function toJoinToken(row: TokenRow): ReplyOf<typeof createJoinToken>['token'] {
  return {
    id: row.id,
    name: row.name,
    environments: row.environments,
    ...(row.hosts === null ? {} : { hosts: row.hosts }),
    uses: row.uses,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    expiresAt: row.expires_at.toISOString(),
    ...(row.held_at === null ? {} : { heldSince: row.held_at.toISOString() }),
  };
}
