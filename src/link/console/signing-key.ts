import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import type { Selectable as Row } from 'kysely';
import { AppError } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { issueSigner, newKeyPair, privateKeyBytes } from '../certificates.ts';
import { type AuthorityDependencies, readAuthorities } from './authorities.ts';
import { type LinkTables, linkSchema } from './schema.ts';
import { seal, unseal } from './seal.ts';

const day = 24 * 60 * 60_000;
/** What a key signed has to end before its certificate does: ten days are left when the next key takes its place. */
const life = 30 * day;
const overlap = 10 * day;

/** A key of the console, certified by the authority that every agent knows. */
export interface Signer {
  /** PEM. */
  readonly certificate: string;
  /** PEM of the authority that issued it. */
  readonly authority: string;
  /** ECDSA with SHA-256 over the bytes, DER. */
  sign(content: Buffer): Buffer;
}

/** What a key is for; `usage` is the OID that its certificate alone carries. */
export interface SigningPurpose {
  readonly name: string;
  readonly usage: string;
}

/**
 * Gives the key in use, which all consoles share; the next one takes its place before it ends. Throws `AppError`
 * `master-key-wrong`.
 */
export function openSigner(dependencies: AuthorityDependencies, purpose: SigningPurpose): () => Promise<Signer> {
  let held: { readonly signer: Signer; readonly until: number } | undefined;
  return async () => {
    if (held !== undefined && dependencies.clock().getTime() < held.until) return held.signer;
    const row = await keyInUse(dependencies, purpose);
    const { trusted } = await readAuthorities(dependencies);
    held = {
      signer: { ...open(dependencies.masterKey(), row), authority: issuerOf(row, trusted) },
      until: row.not_after.getTime() - overlap,
    };
    return held.signer;
  };
}

type KeyRow = Row<LinkTables['signing_key']>;

async function keyInUse(dependencies: AuthorityDependencies, purpose: SigningPurpose): Promise<KeyRow> {
  const { serving } = await readAuthorities(dependencies);
  const now = dependencies.clock();
  return await dependencies.store.transaction(async (transaction) => {
    await transaction.lock(`link-signing-key ${purpose.name}`);
    const present = await newest(transaction, purpose.name, new Date(now.getTime() + overlap));
    if (present !== undefined) return present;
    const keys = await newKeyPair();
    const to = new Date(now.getTime() + life);
    const id = randomUUID();
    const row: KeyRow = {
      id,
      purpose: purpose.name,
      certificate: await issueSigner(serving, { key: keys.publicKey, ...purpose, life: { from: now, to } }),
      sealed_key: seal(dependencies.masterKey(), privateKeyBytes(keys), sealedFor(id)),
      created_at: now,
      not_after: to,
    };
    const database = transaction.query(linkSchema);
    await database.deleteFrom('signing_key').where('not_after', '<', now).execute();
    await database.insertInto('signing_key').values(row).execute();
    return row;
  });
}

async function newest(transaction: Transaction, purpose: string, holdsUntil: Date): Promise<KeyRow | undefined> {
  return await transaction
    .query(linkSchema)
    .selectFrom('signing_key')
    .selectAll()
    .where('purpose', '=', purpose)
    .where('not_after', '>', holdsUntil)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** The authority of a key has not ended: it outlives what it issued. */
function issuerOf({ certificate }: KeyRow, trusted: readonly string[]): string {
  const issued = new X509Certificate(certificate);
  const issuer = trusted.find((authority) => {
    const one = new X509Certificate(authority);
    return issued.checkIssued(one) && issued.verify(one.publicKey);
  });
  if (issuer === undefined) throw new Error('No authority of this console issued the certificate of its key.');
  return issuer;
}

function open(masterKey: Buffer, { id, certificate, sealed_key: sealed }: KeyRow): Omit<Signer, 'authority'> {
  const key = createPrivateKey({ key: unsealed(masterKey, { id, sealed }), format: 'der', type: 'pkcs8' });
  return { certificate, sign: (content) => sign('sha256', content, key) };
}

function unsealed(masterKey: Buffer, { id, sealed }: { readonly id: string; readonly sealed: Buffer }): Buffer {
  try {
    return unseal(masterKey, sealed, sealedFor(id));
  } catch (cause) {
    throw new AppError('master-key-wrong', 'The master key does not open a key by which the console signs.', { cause });
  }
}

/** A sealed key put into another row does not open. */
function sealedFor(id: string): string {
  return `seawall signing key ${id}`;
}
