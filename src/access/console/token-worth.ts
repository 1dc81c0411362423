import { type Permission, permissions } from '#http/index.ts';
import { fact, type Queries, type Transaction } from '#store/index.ts';
import type { Role } from '../contract.ts';
import { tokenPermissions } from '../roles.ts';
import { accessSchema } from './schema.ts';

/**
 * What a token's scans are worth. An expired token counts: what it published in time stays. `revoked`: it was revoked,
 * or nothing is known of it. `owner-lost`: the user that it stands for is disabled, deleted, has no role or may not publish any more.
 */
export type TokenWorth = 'counts' | 'revoked' | 'owner-lost';

/** A token's worth may be another: it was revoked or adopted, or the user that it stands for was changed. */
export const tokenWorthChanged = fact<{ readonly token: string }>('token-worth-changed');

/** Who a token stands for, as he is now. */
export type Owner =
  | { readonly kind: 'console' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'deleted' }
  | {
      readonly kind: 'user';
      readonly role: Exclude<Role, 'ci'>;
      readonly disabled: boolean;
      readonly collections: readonly string[] | null;
    };

/** What a token may do and see. */
export interface Rights {
  readonly permissions: readonly Permission[];
  /** Absent: everything. */
  readonly collections?: readonly string[];
}

/** What a token may at most: what its own role and collections allow, and its owner's as they are now; none without him. */
export function rightsOf(
  { role, collections }: { readonly role: Role; readonly collections: readonly string[] | null },
  owner: Owner,
): Rights | undefined {
  switch (owner.kind) {
    case 'deleted':
      return undefined;
    case 'console':
    case 'unknown':
      return within(tokenPermissions(role, collections ?? undefined), collections);
    case 'user': {
      if (owner.disabled) return undefined;
      const seen = narrower(collections, owner.collections);
      const allowed = tokenPermissions(owner.role, seen ?? undefined);
      const own = tokenPermissions(role, seen ?? undefined);
      return within(
        permissions.filter((one) => own.includes(one) && allowed.includes(one)),
        seen,
      );
    }
  }
}

/** Whether what a token published counts. */
export function worthOf(token: { readonly revoked: Date | null }, owner: Owner): TokenWorth {
  if (token.revoked !== null) return 'revoked';
  switch (owner.kind) {
    case 'console':
    case 'unknown':
      return 'counts';
    case 'deleted':
      return 'owner-lost';
    case 'user':
      return !owner.disabled && tokenPermissions(owner.role).includes('publish') ? 'counts' : 'owner-lost';
  }
}

function within(allowed: readonly Permission[], collections: readonly string[] | null): Rights {
  return { permissions: allowed, ...(collections === null ? {} : { collections }) };
}

/** What both see; null sees everything. */
function narrower(left: readonly string[] | null, right: readonly string[] | null): readonly string[] | null {
  if (left === null || right === null) return left ?? right;
  return left.filter((id) => right.includes(id));
}

/** Columns of a token joined with the user of its `owner_id`. */
export interface OwnerColumns {
  readonly owner_kind: 'user' | 'console' | 'unknown';
  readonly user_role: Exclude<Role, 'ci'> | null;
  readonly user_disabled: boolean | null;
  readonly user_collections: readonly string[] | null;
  /** Of whom a provider knows: the group that gives the role; null: none does. */
  readonly user_issuer: string | null;
  readonly user_group: string | null;
}

/** Who stands behind the token of this row; whom no group gives a role any more is worth what a disabled user is. */
export function ownerIn({ owner_kind, user_role, user_collections, ...columns }: OwnerColumns): Owner {
  if (owner_kind !== 'user') return { kind: owner_kind };
  if (user_role === null) return { kind: 'deleted' };
  const disabled = columns.user_disabled !== false || hasNoRole(columns);
  return { kind: 'user', role: user_role, disabled, collections: user_collections };
}

/** Whether a provider knows the user, and none of his groups gives a role. */
export function hasNoRole({ user_issuer, user_group }: Pick<OwnerColumns, 'user_issuer' | 'user_group'>): boolean {
  return user_issuer !== null && user_group === null;
}

/** Tokens, each with the user of its `owner_id` where there still is one. */
export function tokensWithOwners(queries: Queries) {
  return queries
    .query(accessSchema)
    .selectFrom('token')
    .leftJoin('user', 'user.id', 'token.owner_id')
    .select([
      'token.owner_kind',
      'token.revoked_at',
      'user.role as user_role',
      'user.disabled as user_disabled',
      'user.collections as user_collections',
      'user.issuer as user_issuer',
      'user.granted_by as user_group',
    ]);
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What these tokens are worth now; one that nobody knows is `revoked`: it was deleted before revoked ones were kept. */
export async function readTokenWorth(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TokenWorth>> {
  const worth = new Map<string, TokenWorth>(ids.map((id) => [id, 'revoked']));
  const asked = ids.filter((id) => uuid.test(id));
  if (asked.length === 0) return worth;
  const rows = await tokensWithOwners(queries).select('token.id').where('token.id', 'in', asked).execute();
  for (const row of rows) worth.set(row.id, worthOf({ revoked: row.revoked_at }, ownerIn(row)));
  return worth;
}

/** Announces that all tokens of a user may be worth something else now. */
export async function announceOwner(transaction: Transaction, user: string): Promise<void> {
  const rows = await transaction
    .query(accessSchema)
    .selectFrom('token')
    .select('id')
    .where('owner_id', '=', user)
    .where('revoked_at', 'is', null)
    .execute();
  if (rows.length === 0) return;
  await transaction.announceAll(
    tokenWorthChanged,
    rows.map(({ id }) => ({ token: id })),
  );
}
