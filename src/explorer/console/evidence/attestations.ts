import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import { audit, type Writer } from '#access/console/index.ts';
import { AppError, type Clock, type Immutable } from '#base/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import type { addAttestation, Attestation } from '../../contract-attestations.ts';
import { attestationKinds } from '../../evidence/attestations.ts';
import type { HeldAttestations } from '../../evidence/stance.ts';
import { limits } from '../../limits.ts';
import { explorerSchema } from '../schema.ts';
import type { EvidenceTables } from './schema-evidence.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

type Row = Selectable<EvidenceTables['attestation']>;

/** Kinds of documents of which one holds now: neither expired nor revoked. */
export async function readHeldAttestations(queries: Queries, now: Date): Promise<HeldAttestations> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('attestation')
    .select('kind')
    .distinct()
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  return new Set(rows.map(({ kind }) => kind));
}

/** All, the newest first. */
export async function listAttested(queries: Queries, now: Date): Promise<readonly Attestation[]> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('attestation')
    .selectAll()
    .orderBy('added_at', 'desc')
    .orderBy('id')
    .limit(limits.attestations.value)
    .execute();
  return rows.map((row) => toAttestation(row, now));
}

type Added = Immutable<HandlerInput<typeof addAttestation>['body']>;

/** Throws `bad-request` for an unknown kind, an end that is past or too far away, and too many. */
export async function addAttested({ store, clock }: Dependencies, added: Added, writer: Writer): Promise<Attestation> {
  const now = clock();
  const kind = attestationKinds.find(({ id }) => id === added.kind);
  if (kind === undefined) throw new AppError('bad-request', `There is no attestation ${added.kind}.`);
  const expires = new Date(added.expiresAt);
  const latest = new Date(now.getTime() + kind.days * 86_400_000);
  if (expires <= now || expires > latest)
    throw new AppError(
      'bad-request',
      `“${kind.title}” must end after now and within ${kind.days} days, by ${latest.toISOString().slice(0, 10)}.`,
    );
  return await store.transaction(async (transaction) => {
    await transaction.lock('explorer attestations');
    await checkRoom(transaction);
    const row = await transaction
      .query(explorerSchema)
      .insertInto('attestation')
      .values({
        id: randomUUID(),
        kind: kind.id,
        document: added.document,
        author: added.author,
        note: added.note ?? null,
        added_at: now,
        added_by: writer.author.actor.name,
        expires_at: expires,
        revoked_at: null,
        revoked_by: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(transaction, {
      ...writer.author,
      action: 'attestation-added',
      target: { kind: 'attestation', id: row.id, name: kind.title },
      detail: { kind: kind.id, document: added.document, author: added.author, expiresAt: expires.toISOString() },
    });
    return toAttestation(row, now);
  });
}

async function checkRoom(transaction: Transaction): Promise<void> {
  const { count } = await transaction
    .query(explorerSchema)
    .selectFrom('attestation')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  if (Number(count) >= limits.attestations.value)
    throw new AppError('bad-request', `There are ${limits.attestations.value} attestations; no further one is kept.`);
}

/** Ends one; throws `not-found`, and `bad-request` for one that was revoked before. */
export async function revokeAttested({ store, clock }: Dependencies, id: string, writer: Writer): Promise<Attestation> {
  const now = clock();
  return await store.transaction(async (transaction) => {
    await transaction.lock('explorer attestations');
    const database = transaction.query(explorerSchema);
    const before = await database.selectFrom('attestation').selectAll().where('id', '=', id).executeTakeFirst();
    if (before === undefined) throw new AppError('not-found', 'There is no such attestation.');
    if (before.revoked_at !== null) throw new AppError('bad-request', 'It was revoked before.');
    const row = await database
      .updateTable('attestation')
      .set({ revoked_at: now, revoked_by: writer.author.actor.name })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(transaction, {
      ...writer.author,
      action: 'attestation-revoked',
      target: { kind: 'attestation', id, name: titleOf(row.kind) },
      detail: { kind: row.kind, document: row.document },
    });
    return toAttestation(row, now);
  });
}

function titleOf(kind: string): string {
  return attestationKinds.find(({ id }) => id === kind)?.title ?? kind;
}

function toAttestation(row: Row, now: Date): Attestation {
  const { id, kind, document, author, note, revoked_at: revokedAt, revoked_by: revokedBy } = row;
  return {
    id,
    kind,
    title: titleOf(kind),
    document,
    author,
    ...(note !== null && { note }),
    addedAt: row.added_at.toISOString(),
    addedBy: row.added_by,
    expiresAt: row.expires_at.toISOString(),
    state: revokedAt !== null ? 'revoked' : row.expires_at <= now ? 'expired' : 'holds',
    ...(revokedAt !== null && revokedBy !== null && { revokedAt: revokedAt.toISOString(), revokedBy }),
  };
}
