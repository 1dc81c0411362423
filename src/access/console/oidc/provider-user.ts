import type { Selectable } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { type Author, audit } from '../audit.ts';
import { readCollections, scopeOf } from '../collections.ts';
import type { Dependencies } from '../dependencies.ts';
import { type AccessTables, accessSchema } from '../schema.ts';
import { announceOwner } from '../token-worth.ts';
import { type Proof, roleFor } from './proof.ts';
import type { GroupRole, ProviderSettings } from './settings.ts';

/** What a proof leads to. */
export type Admission =
  | { readonly kind: 'admitted'; readonly user: string }
  | { readonly kind: 'no-role' }
  | { readonly kind: 'disabled' };

/** Who changes a role when a group does. */
export function theProvider({ name, issuer }: ProviderSettings): Author {
  return { actor: { kind: 'system', id: issuer.slice(0, 128), name } };
}

type Row = Selectable<AccessTables['user']>;

/**
 * Brings the user of this proof up to date, and makes one at the first sign-in. A user is known by issuer and subject
 * alone; without a group that gives a role, what he had ends at once.
 */
export async function takeProof(
  dependencies: Pick<Dependencies, 'clock'>,
  transaction: Transaction,
  { settings, proof }: { readonly settings: ProviderSettings; readonly proof: Proof },
): Promise<Admission> {
  await transaction.lock('access-users');
  const found = await transaction
    .query(accessSchema)
    .selectFrom('user')
    .selectAll()
    .where('issuer', '=', settings.issuer)
    .where('subject', '=', proof.subject)
    .executeTakeFirst();
  const given = roleFor(proof.groups, settings.roles);
  if (given === undefined) {
    if (found !== undefined && found.granted_by !== null) await withdraw(transaction, settings, found);
    return { kind: 'no-role' };
  }
  if (found?.disabled === true) return { kind: 'disabled' };
  const granted = { ...given, collections: await scopeFor(transaction, given) };
  const now = dependencies.clock();
  if (found === undefined)
    return { kind: 'admitted', user: await addUser(transaction, { settings, proof, granted, now }) };
  await grant(transaction, settings, { found, granted, now });
  return { kind: 'admitted', user: found.id };
}

interface Granted extends Omit<GroupRole, 'collections'> {
  readonly collections: readonly string[] | null;
}

/** A collection that is not there shows nothing, so it is left out, until somebody makes it. */
async function scopeFor(transaction: Transaction, { role, collections }: GroupRole): Promise<readonly string[] | null> {
  if (collections === undefined) return null;
  const known = new Set((await readCollections(transaction)).map(({ id }) => id));
  return await scopeOf(transaction, { role, collections: collections.filter((id) => known.has(id)) });
}

interface NewUser {
  readonly settings: ProviderSettings;
  readonly proof: Proof;
  readonly granted: Granted;
  readonly now: Date;
}

async function addUser(transaction: Transaction, { settings, proof, granted, now }: NewUser): Promise<string> {
  const { role, collections, group } = granted;
  const user = await transaction
    .query(accessSchema)
    .insertInto('user')
    .values({
      name: await freeName(transaction, proof.name, settings.name),
      password: null,
      role,
      collections,
      created_at: now,
      seen_at: null,
      issuer: settings.issuer,
      subject: proof.subject,
      granted_by: group,
      confirmed_at: now,
    })
    .returning(['id', 'name'])
    .executeTakeFirstOrThrow();
  const detail = {
    role,
    collections: collections ?? undefined,
    group,
    issuer: settings.issuer,
    subject: proof.subject,
  };
  await audit(transaction, {
    ...theProvider(settings),
    action: 'user-made',
    target: { kind: 'user', ...user },
    detail,
  });
  return user.id;
}

/** A name that somebody has already stays his: people and approvals are told apart by names. */
async function freeName(transaction: Transaction, wanted: string, provider: string): Promise<string> {
  const taken = await transaction.query(accessSchema).selectFrom('user').select('name').execute();
  const names = new Set(taken.map(({ name }) => asRead(name)));
  const mark = provider.slice(0, 24);
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted} (${mark}${count === 2 ? '' : ` ${count - 1}`})`;
    if (!names.has(asRead(name))) return name;
  }
}

/** Alike for names that look alike by width, case, spaces, or characters that are not to be seen. */
function asRead(name: string): string {
  const seen = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return seen.replace(/\s+/g, ' ').toLowerCase().trim();
}

async function grant(
  transaction: Transaction,
  settings: ProviderSettings,
  { found, granted, now }: { readonly found: Row; readonly granted: Granted; readonly now: Date },
): Promise<void> {
  const { role, collections, group } = granted;
  const after = { role, collections, granted_by: group };
  await transaction
    .query(accessSchema)
    .updateTable('user')
    .set({ ...after, confirmed_at: now })
    .where('id', '=', found.id)
    .execute();
  if (textOf(found) === textOf(after)) return;
  await announceOwner(transaction, found.id);
  await auditRole(transaction, settings, { user: found, after });
}

/** The sessions end, and the tokens open nothing, until a group gives a role again. */
async function withdraw(transaction: Transaction, settings: ProviderSettings, found: Row): Promise<void> {
  const access = transaction.query(accessSchema);
  await access.updateTable('user').set({ granted_by: null }).where('id', '=', found.id).execute();
  await access.deleteFrom('session').where('user_id', '=', found.id).execute();
  await announceOwner(transaction, found.id);
  await auditRole(transaction, settings, { user: found, after: { ...found, granted_by: null } });
}

type StoredRole = Pick<Row, 'role' | 'collections' | 'granted_by'>;

async function auditRole(
  transaction: Transaction,
  settings: ProviderSettings,
  { user, after }: { readonly user: Row; readonly after: StoredRole },
): Promise<void> {
  await audit(transaction, {
    ...theProvider(settings),
    action: 'user-changed',
    target: { kind: 'user', id: user.id, name: user.name },
    detail: { before: shownRole(user), after: shownRole(after) },
  });
}

function shownRole({ role, collections, granted_by }: StoredRole) {
  return granted_by === null
    ? { role: 'none' }
    : { role, ...(collections !== null && { collections }), group: granted_by };
}

function textOf(standing: StoredRole): string {
  return JSON.stringify(shownRole(standing));
}
