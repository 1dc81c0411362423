import type { Parts } from './parts.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { accessSchema } from './schema.ts';
import { hashOf, newSecret } from './secret.ts';

/** The local user that the first start makes; links sign in as this one. */
const firstUser = 'admin';
const linkLife = 15 * 60_000;

/** Makes the first user when there is none; he has no password until he sets one. */
export async function ensureFirstUser({ store, clock }: Parts): Promise<void> {
  await store
    .query(accessSchema)
    .insertInto('user')
    .values({ name: firstUser, password: null, created_at: clock() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

/** A secret that signs in once within 15 minutes, as `ORIGIN/sign-in#SECRET`. */
export async function createSignInLink(parts: Parts): Promise<{ readonly secret: string; readonly expiresAt: Date }> {
  await ensureFirstUser(parts);
  const { store, clock, log, random } = parts;
  const secret = newSecret(random);
  const expiresAt = new Date(clock().getTime() + linkLife);
  await store.transaction(async (transaction) => {
    const access = transaction.query(accessSchema);
    const user = await access.selectFrom('user').select('id').where('name', '=', firstUser).executeTakeFirstOrThrow();
    await access.deleteFrom('sign_in_link').where('expires_at', '<=', clock()).execute();
    await access
      .insertInto('sign_in_link')
      .values({ secret_hash: hashOf(secret), user_id: user.id, expires_at: expiresAt })
      .execute();
  });
  log.info({ audit: 'sign-in-link-made', expiresAt }, 'A sign-in link was made.');
  return { secret, expiresAt };
}

/** Uses a link up. Of several at once only one gets the user. */
export async function userOfLink({ store, clock }: Parts, secret: string): Promise<string | undefined> {
  const used = await store
    .query(accessSchema)
    .deleteFrom('sign_in_link')
    .where('secret_hash', '=', hashOf(secret))
    .where('expires_at', '>', clock())
    .returning('user_id')
    .executeTakeFirst();
  return used?.user_id;
}

export async function userOfPassword(
  { store }: Parts,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<string | undefined> {
  const user = await store
    .query(accessSchema)
    .selectFrom('user')
    .select(['id', 'password'])
    .where('name', '=', name)
    .executeTakeFirst();
  return (await verifyPassword(password, user?.password)) ? user?.id : undefined;
}

/** Sets the password and ends all sessions of the user but this one. */
export async function changePassword(
  { store, log, random }: Parts,
  { id, session }: { readonly id: string; readonly session: string },
  password: string,
): Promise<void> {
  const hash = await hashPassword(password, random);
  await store.transaction(async (transaction) => {
    const access = transaction.query(accessSchema);
    await access.updateTable('user').set({ password: hash }).where('id', '=', id).execute();
    await access.deleteFrom('session').where('user_id', '=', id).where('id', '!=', session).execute();
  });
  log.info({ audit: 'password-set', user: id }, 'A user set a password.');
}

export async function hasPassword({ store }: Parts, id: string): Promise<boolean> {
  const user = await store
    .query(accessSchema)
    .selectFrom('user')
    .select('password')
    .where('id', '=', id)
    .executeTakeFirst();
  return typeof user?.password === 'string';
}
