import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { getMe } from '../contract.ts';
import type { Dependencies } from './dependencies.ts';
import { longestUnconfirmed } from './oidc/confirm-session.ts';
import { needsOldPassword } from './own-password.ts';
import { accessSchema } from './schema.ts';

/** Who is signed in, as himself sees it. Throws `AppError`: `not-signed-in`, `not-allowed`. */
export async function me(dependencies: Dependencies, principal: Principal | undefined): Promise<ReplyOf<typeof getMe>> {
  if (principal === undefined) throw nobody();
  const { name, kind, id, collections, session } = principal;
  if (kind === 'agent') throw new AppError('not-allowed', 'An agent has no session.');
  const access = dependencies.store.query(accessSchema);
  const row =
    kind === 'user'
      ? await access.selectFrom('user').select(['role', 'password']).where('id', '=', id).executeTakeFirst()
      : await access.selectFrom('token').select('role').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw nobody();
  return {
    name,
    kind,
    role: row.role,
    permissions: principal.permissions.filter((one) => one !== 'public'),
    ...(collections === undefined ? {} : { collections: [...collections] }),
    hasPassword: 'password' in row && row.password !== null,
    needsOldPassword: session !== undefined && (await needsOldPassword(dependencies, session)),
    ...(session !== undefined && (await confirmationOf(dependencies, session))),
  };
}

/** How long the session goes on by what the provider confirmed. */
async function confirmationOf(
  { store, provider }: Dependencies,
  session: string,
): Promise<Pick<ReplyOf<typeof getMe>, 'provider'>> {
  if (provider === undefined) return {};
  const row = await store
    .query(accessSchema)
    .selectFrom('provider_session')
    .select(['confirmed_at', 'failed_at'])
    .where('session_id', '=', session)
    .executeTakeFirst();
  if (row === undefined) return {};
  return {
    provider: {
      name: provider.settings.name,
      confirmedAt: row.confirmed_at.toISOString(),
      ...(row.failed_at !== null && { failedAt: row.failed_at.toISOString() }),
      until: new Date(row.confirmed_at.getTime() + longestUnconfirmed).toISOString(),
    },
  };
}

export function nobody(): AppError {
  return new AppError('not-signed-in', 'Nobody is signed in.');
}
