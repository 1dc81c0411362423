import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { AppError } from '#base/index.ts';
import { seal, unseal } from '#link/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { keyFingerprint } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';

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

async function makeKey(transaction: Transaction, masterKey: Buffer, now: Date): Promise<EvidenceKey> {
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

/** The newest first. */
export async function readPublicKeys(queries: Queries): Promise<readonly PublicKey[]> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('log_key')
    .select(['fingerprint', 'public_key', 'created_at'])
    .orderBy('created_at', 'desc')
    .orderBy('fingerprint')
    .execute();
  return rows.map(({ fingerprint, public_key: pem, created_at: since }) => ({ fingerprint, pem, since }));
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

/** Gives keys up that no master key opens any more. What they signed stays, and can be verified by their public parts. */
export async function discardEvidenceKeys(transaction: Transaction): Promise<void> {
  await transaction.query(complianceSchema).updateTable('log_key').set({ sealed_key: null }).execute();
}
