import type { Queries } from '#store/index.ts';
import type { Role, User } from '../contract.ts';
import { accessSchema } from './schema.ts';

/** A user, without what he may see. */
export interface Account extends Pick<User, 'name' | 'role'> {
  readonly createdAt: Date;
  /** When he signed in or was active last; missing: never. */
  readonly seenAt?: Date;
}

/** A token that works: neither revoked nor ended. */
export interface WorkingToken {
  readonly name: string;
  readonly role: Role;
  /** Repositories and collections that bound it; missing: nothing does. */
  readonly repositories?: readonly string[];
  readonly collections?: readonly string[];
  readonly expiresAt?: Date;
}

/** Everybody who may sign in, and every token that works. */
export async function readAccounts(
  queries: Queries,
  now: Date,
): Promise<{ readonly users: readonly Account[]; readonly tokens: readonly WorkingToken[] }> {
  const access = queries.query(accessSchema);
  const users = await access
    .selectFrom('user')
    .select(['name', 'role', 'created_at', 'seen_at'])
    .where('disabled', '=', false)
    .where((is) => is.or([is('issuer', 'is', null), is('granted_by', 'is not', null)]))
    .orderBy('name')
    .execute();
  const tokens = await access
    .selectFrom('token')
    .select(['name', 'role', 'repositories', 'collections', 'expires_at'])
    .where('revoked_at', 'is', null)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .orderBy('name')
    .execute();
  return {
    users: users.map(({ name, role, created_at: createdAt, seen_at: seenAt }) => ({
      name,
      role,
      createdAt,
      ...(seenAt !== null && { seenAt }),
    })),
    tokens: tokens.map(({ name, role, repositories, collections, expires_at: expiresAt }) => ({
      name,
      role,
      ...(repositories !== null && { repositories }),
      ...(collections !== null && { collections }),
      ...(expiresAt !== null && { expiresAt }),
    })),
  };
}
