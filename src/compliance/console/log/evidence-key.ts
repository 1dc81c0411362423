import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Selectable } from 'kysely';
import { AppError } from '#base/index.ts';
import { seal, unseal } from '#link/console/index.ts';
import type { Keyed, Queries, Transaction } from '#store/index.ts';
import { keyFingerprint, type SignedHandOver } from '../../log/index.ts';
import { complianceSchema, type ComplianceTables } from '../schema.ts';
import { renewForgotten } from './forgotten-batches.ts';

/** Signs heads of the evidence log. */
export interface EvidenceKey {
  readonly fingerprint: string;
  readonly key: KeyObject;
}

/** What signed heads of this console, or signs them. */
export interface PublicKey {
  /** SHA-256 of the public key (SPKI, DER), hex: what a person compares. */
  readonly fingerprint: string;
  /** PEM. */
  readonly pem: string;
  readonly since: Date;
  /** How the key before gave over to it; missing: it was the first, or that one was lost. */
  readonly handOver?: SignedHandOver;
}

/**
 * The key that signs now; made at first use. Needs the lock of the log. Throws `AppError` `master-key-wrong` when the
 * master key does not open it.
 */
export async function openEvidenceKey(transaction: Transaction, masterKey: Buffer, now: Date): Promise<EvidenceKey> {
  const row = await transaction
    .query(complianceSchema)
    .selectFrom('log_key')
    .select(['fingerprint', 'sealed_key'])
    .where('sealed_key', 'is not', null)
    .orderBy('created_at', 'desc')
    .orderBy('fingerprint')
    .limit(1)
    .executeTakeFirst();
  const { fingerprint, sealed_key: sealed } = row ?? {};
  if (fingerprint === undefined || sealed === undefined || sealed === null)
    return await makeKey(transaction, masterKey, now);
  return { fingerprint, key: opened(masterKey, { fingerprint, sealed }) };
}

/** Makes a key that signs from then on, unless there is a newer one. */
export async function makeKey(transaction: Transaction, masterKey: Buffer, now: Date): Promise<EvidenceKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const fingerprint = keyFingerprint(pem);
  const content = privateKey.export({ type: 'pkcs8', format: 'der' });
  await transaction
    .query(complianceSchema)
    .insertInto('log_key')
    .values({
      fingerprint,
      public_key: pem,
      sealed_key: seal(masterKey, content, sealedFor(fingerprint)),
      created_at: now,
    })
    .execute();
  return { fingerprint, key: privateKey };
}

function opened(
  masterKey: Buffer,
  { fingerprint, sealed }: { readonly fingerprint: string; readonly sealed: Buffer },
): KeyObject {
  try {
    const content = unseal(masterKey, sealed, sealedFor(fingerprint));
    return createPrivateKey({ key: content, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new AppError('master-key-wrong', 'The master key does not open the key that signs evidence.', { cause });
  }
}

/** A sealed key put into another row does not open. */
function sealedFor(fingerprint: string): string {
  return `seawall evidence key ${fingerprint}`;
}

type KeyRow = Selectable<ComplianceTables['log_key']>;

/**
 * Keys of this console, the newest first. A row counts only where the master key opens the private part, or vouched for it
 * before that was lost: whoever has SQL alone could put in a key of their own and sign with it.
 */
export async function readPublicKeys(queries: Queries & Keyed, masterKey: Buffer): Promise<readonly PublicKey[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('log_key')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('fingerprint')
    .execute();
  return rows
    .filter((row) => isOwn(row, queries, masterKey))
    .map(({ fingerprint, public_key: pem, created_at: since, hand_over: handOver }) => ({
      fingerprint,
      pem,
      since,
      ...(handOver !== null && { handOver: JSON.parse(handOver) as SignedHandOver }),
    }));
}

function isOwn(row: KeyRow, keyed: Keyed, masterKey: Buffer): boolean {
  const { fingerprint, public_key: pem, sealed_key: sealed, proof } = row;
  if (sealed === null) return proof !== null && proof === keyProof(row, keyed);
  try {
    const opens = createPublicKey(opened(masterKey, { fingerprint, sealed }));
    return opens.export({ type: 'spki', format: 'pem' }).toString() === pem && keyFingerprint(pem) === fingerprint;
  } catch {
    return false;
  }
}

/** Shows that a key is one of this console: whoever has SQL alone cannot make it. */
export function keyProof(
  { fingerprint, public_key: pem }: Pick<KeyRow, 'fingerprint' | 'public_key'>,
  keyed: Keyed,
): string {
  return keyed.mac('evidence key', JSON.stringify([fingerprint, pem]));
}

/** How many keys can sign. */
export async function countEvidenceKeys(queries: Queries): Promise<number> {
  const { keys } = await queries
    .query(complianceSchema)
    .selectFrom('log_key')
    .select(({ fn }) => fn.countAll<number>().as('keys'))
    .where('sealed_key', 'is not', null)
    .executeTakeFirstOrThrow();
  return keys;
}

/**
 * Gives keys up that no master key opens any more. What they signed stays, and can be verified by their public parts, for
 * which the new master key vouches from now on.
 */
export async function discardEvidenceKeys(transaction: Transaction): Promise<void> {
  const database = transaction.query(complianceSchema);
  for (const row of await database.selectFrom('log_key').select(['fingerprint', 'public_key']).execute())
    await database
      .updateTable('log_key')
      .set({ sealed_key: null, proof: keyProof(row, transaction) })
      .where('fingerprint', '=', row.fingerprint)
      .execute();
  await renewForgotten(transaction);
}
