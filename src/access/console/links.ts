import { AppError } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { type Author, audit, theConsole } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { accessSchema } from './schema.ts';
import { hashOf, newSecret } from './secret.ts';
import { ensureFirstUser, firstUser } from './users.ts';

const minutes = 60_000;
/** Of a link that is read off the terminal. */
const lifeAtTerminal = 15 * minutes;
/** Of a link that is sent to somebody. */
const lifeForUser = 24 * 60 * minutes;

/** A secret that signs in once, as `ORIGIN/sign-in#SECRET`: as a fragment it reaches no log. */
export interface SignInLink {
  readonly secret: string;
  readonly expiresAt: Date;
}

/** For who sits at the console's machine: signs in as the first user, else as the oldest administrator of this console that can. */
export async function createTerminalLink(dependencies: Dependencies): Promise<SignInLink> {
  await ensureFirstUser(dependencies);
  return await dependencies.store.transaction(async (transaction) => {
    const user = await transaction
      .query(accessSchema)
      .selectFrom('user')
      .select(['id', 'name'])
      .where('role', '=', 'administrator')
      .where('disabled', '=', false)
      .where('issuer', 'is', null)
      .orderBy(({ eb }) => eb('name', '=', firstUser), 'desc')
      .orderBy('created_at')
      .executeTakeFirstOrThrow();
    const link = await insertLink(dependencies, transaction, { user: user.id, life: lifeAtTerminal });
    await audit(transaction, { ...theConsole, action: 'sign-in-link-made', target: { kind: 'user', ...user } });
    dependencies.log.info({ user: user.name, expiresAt: link.expiresAt }, 'A sign-in link was made.');
    return link;
  });
}

/** For a user who cannot sign in. Throws `AppError`: `not-found`, `bad-request` when he is disabled, or a provider knows him. */
export async function createLinkFor(dependencies: Dependencies, id: string, author: Author): Promise<SignInLink> {
  return await dependencies.store.transaction(async (transaction) => {
    const user = await transaction
      .query(accessSchema)
      .selectFrom('user')
      .select(['id', 'name', 'disabled', 'issuer'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (user === undefined) throw new AppError('not-found', 'There is no such user.');
    const { name, disabled, issuer } = user;
    if (issuer !== null)
      throw new AppError('bad-request', `${name} signs in at the provider ${issuer}, not by a link.`);
    if (disabled) throw new AppError('bad-request', `${name} is disabled.`, { next: 'Enable the user first.' });
    const link = await addLink(dependencies, transaction, id);
    await audit(transaction, { ...author, action: 'sign-in-link-made', target: { kind: 'user', id, name } });
    return link;
  });
}

/** A link for a user of whom the transaction tells the trail itself. */
export async function addLink(dependencies: Dependencies, transaction: Transaction, user: string): Promise<SignInLink> {
  return await insertLink(dependencies, transaction, { user, life: lifeForUser });
}

async function insertLink(
  { clock, random }: Dependencies,
  transaction: Transaction,
  { user, life }: { readonly user: string; readonly life: number },
): Promise<SignInLink> {
  const secret = newSecret(random);
  const expiresAt = new Date(clock().getTime() + life);
  const access = transaction.query(accessSchema);
  await access.deleteFrom('sign_in_link').where('expires_at', '<=', clock()).execute();
  await access
    .insertInto('sign_in_link')
    .values({ secret_hash: hashOf(secret), user_id: user, expires_at: expiresAt })
    .execute();
  return { secret, expiresAt };
}

/** Uses a link up, under the lock of its user. Of several at once only one gets the user. */
export async function userOfLink(
  { clock }: Pick<Dependencies, 'clock'>,
  transaction: Transaction,
  secret: string,
): Promise<string | undefined> {
  const access = transaction.query(accessSchema);
  const user = await access
    .selectFrom('sign_in_link')
    .innerJoin('user', 'user.id', 'sign_in_link.user_id')
    .select('user.id')
    .where('secret_hash', '=', hashOf(secret))
    .where('expires_at', '>', clock())
    .where('user.disabled', '=', false)
    .forUpdate('user')
    .executeTakeFirst();
  if (user === undefined) return undefined;
  const used = await access
    .deleteFrom('sign_in_link')
    .where('secret_hash', '=', hashOf(secret))
    .returning('user_id')
    .executeTakeFirst();
  return used?.user_id;
}
