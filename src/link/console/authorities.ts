import { randomUUID } from 'node:crypto';
import { AppError, type Clock } from '#base/index.ts';
import { type Author, audit } from '#access/console/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import { type Issuer, issueAuthority, newKeyPair, privateKeyBytes, signingKeyOf } from '../certificates.ts';
import { fingerprintOf } from '../join-secret.ts';
import { linkSchema } from './schema.ts';
import { seal, unseal } from './seal.ts';

/** Notice to all consoles: read the authorities anew. */
export const authoritiesChannel = 'link-authorities';

const day = 24 * 60 * 60_000;
const authorityLife = 3650 * day;
/** An agent's certificate holds for 30 days; so after 31 every agent has met a new authority. */
const known = 31 * day;

/** Those that have not ended. */
export interface Authorities {
  /** Issues agents' certificates. */
  readonly newest: Issuer;
  /**
   * Issues the consoles' own certificates, and is what join tokens name: the newest that every agent knows, since
   * agents learn of a new authority when they renew.
   */
  readonly serving: Issuer;
  /** PEM, newest first. */
  readonly trusted: readonly string[];
}

export interface AuthorityDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly masterKey: () => Buffer;
}

/** Reads the authorities, and makes the first. Throws `AppError` `master-key-wrong` when the master key opens one not. */
export async function readAuthorities(dependencies: AuthorityDependencies): Promise<Authorities> {
  const now = dependencies.clock();
  const rows = await dependencies.store.transaction(async (transaction) => {
    await transaction.lock('link-authorities');
    const present = await unended(transaction, now);
    if (present.length > 0) return present;
    await addAuthority(transaction, dependencies);
    return unended(transaction, now);
  });
  const key = dependencies.masterKey();
  const issuers = await Promise.all(rows.map((row) => open(key, row)));
  const settled = rows.findIndex((row) => row.created_at.getTime() <= now.getTime() - known);
  const newest = issuers[0];
  const serving = settled < 0 ? issuers.at(-1) : issuers[settled];
  if (newest === undefined || serving === undefined) throw new Error('An authority ended as it was made.');
  return { newest, serving, trusted: issuers.map(({ certificate }) => certificate) };
}

/** Makes a new authority; the ones before it stay trusted until they end. */
export async function rotateAuthority(dependencies: AuthorityDependencies, author: Author): Promise<void> {
  await dependencies.store.transaction(async (transaction) => {
    await transaction.lock('link-authorities');
    const certificate = await addAuthority(transaction, dependencies);
    await transaction.notify(authoritiesChannel, {});
    const id = fingerprintOf(certificate, 'hex');
    await audit(transaction, { ...author, action: 'authority-rotated', target: { kind: 'authority', id } });
  });
}

async function addAuthority(
  transaction: Transaction,
  { clock, masterKey }: Omit<AuthorityDependencies, 'store'>,
): Promise<string> {
  const [id, now] = [randomUUID(), clock()];
  const to = new Date(now.getTime() + authorityLife);
  const keys = await newKeyPair();
  const certificate = await issueAuthority(keys, `Seawall link ${id}`, { from: now, to });
  const sealed = seal(masterKey(), privateKeyBytes(keys), purposeOf(id));
  await transaction
    .query(linkSchema)
    .insertInto('authority')
    .values({ id, certificate, sealed_key: sealed, created_at: now, not_after: to })
    .execute();
  return certificate;
}

async function unended(transaction: Transaction, now: Date) {
  return transaction
    .query(linkSchema)
    .selectFrom('authority')
    .selectAll()
    .where('not_after', '>', now)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
}

async function open(
  masterKey: Buffer,
  row: { readonly id: string; readonly certificate: string; readonly sealed_key: Buffer },
): Promise<Issuer> {
  return { key: await signingKeyOf(unsealed(masterKey, row)), certificate: row.certificate };
}

/** Throws `AppError` `master-key-wrong` when the master key does not open this authority. */
export function opensAuthority(masterKey: Buffer, row: { readonly id: string; readonly sealed_key: Buffer }): void {
  unsealed(masterKey, row);
}

function unsealed(masterKey: Buffer, row: { readonly id: string; readonly sealed_key: Buffer }): Buffer {
  try {
    return unseal(masterKey, row.sealed_key, purposeOf(row.id));
  } catch (cause) {
    throw new AppError('master-key-wrong', "The master key does not open the key of the agents' authority.", { cause });
  }
}

/** A sealed key put into another row does not open. */
function purposeOf(id: string): string {
  return `seawall link authority ${id}`;
}
