import { AppError } from '#base/index.ts';
import type { HandlerContext, Principal } from '#http/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { passwordFault } from '../contract.ts';
import { type Attempt, attemptOfSession, checkWait, countAttempt } from './attempts.ts';
import { type Author, audit, authorOf } from './audit.ts';
import { commonPasswords } from './common-passwords.ts';
import type { Dependencies } from './dependencies.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { PasswordQueue } from './password-queue.ts';
import { accessSchema } from './schema.ts';
import { hashOf, newSecret } from './secret.ts';

const hour = 60 * 60_000;

/**
 * Who just signed in by a link shows by that who they are; there may be no password, or it is forgotten. Whoever finds the
 * session open later does not, nor once the password was set in it.
 */
export async function needsOldPassword(
  { store, clock }: Pick<Dependencies, 'store' | 'clock'>,
  session: string,
): Promise<boolean> {
  const found = await store
    .query(accessSchema)
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .select(['password', 'signed_in_by', 'session.created_at'])
    .where('session.id', '=', session)
    .executeTakeFirst();
  if (found === undefined) return true;
  const { password, signed_in_by: by, created_at: since } = found;
  return password !== null && (by !== 'link' || clock().getTime() - since.getTime() >= hour);
}

interface Change {
  readonly principal: Principal & { readonly session: string };
  readonly request: HandlerContext['request'];
  readonly old: string | undefined;
  readonly password: string;
}

/**
 * Sets the password of the signed-in user, ends all other sessions and links, and gives this session another secret: who
 * copied the one of before is out, too. Throws `AppError`: `bad-request` with what is wrong with the password,
 * `bad-credentials` for a wrong old one, `conflict` when it was changed meanwhile.
 */
export async function changePassword(
  dependencies: Dependencies,
  queue: PasswordQueue,
  { principal, request, old, password }: Change,
): Promise<string> {
  const { store, random } = dependencies;
  const { id, name, session } = principal;
  const fault = passwordFault(password, name, commonPasswords);
  if (fault !== undefined) throw new AppError('bad-request', fault, { next: 'Choose another password.' });
  const author = authorOf(principal, request);
  const attempt = attemptOfSession(session, { id, name });
  await checkWait(dependencies, attempt);
  const before = await storedPassword(dependencies, id);
  const needsOld = await needsOldPassword(dependencies, session);
  return await queue.run(attempt.turn, async () => {
    if (needsOld) await checkOld(dependencies, { attempt, old, before, author });
    const hash = await hashPassword(password, random);
    const secret = newSecret(random);
    await store.transaction(async (transaction) => {
      await replacePassword(transaction, { id, before, hash });
      await endOthers(transaction, { id, session, secret });
      const target = { kind: 'user', id, name };
      await audit(transaction, { ...author, action: 'password-set', target });
    });
    return secret;
  });
}

async function storedPassword({ store }: Dependencies, id: string): Promise<string | null> {
  const { password, issuer } = await store
    .query(accessSchema)
    .selectFrom('user')
    .select(['password', 'issuer'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (issuer !== null)
    throw new AppError('not-allowed', 'Who signs in at a provider has no password here.', {
      next: 'Change the password there.',
    });
  return password;
}

interface Check {
  readonly attempt: Attempt;
  readonly old: string | undefined;
  readonly before: string | null;
  readonly author: Author;
}

async function checkOld(dependencies: Dependencies, { attempt, old, before, author }: Check): Promise<void> {
  if (old === undefined)
    throw new AppError('bad-request', 'The old password is missing.', {
      next: 'Send it as `old`, or sign in by a link: then it is not needed.',
    });
  const counted = await countAttempt(dependencies, attempt);
  if (await verifyPassword(old, before)) return await counted.wasRight();
  const { failures } = counted;
  await dependencies.store.transaction(
    async (transaction) => await audit(transaction, { ...author, action: 'password-refused', detail: { failures } }),
  );
  throw new AppError('bad-credentials', 'The old password is wrong.', {
    next: 'Check it; whoever signs in by a link needs none.',
  });
}

/** Only in the place of the one that was looked at, so that of two changes at once one is refused. */
async function replacePassword(
  transaction: Transaction,
  { id, before, hash }: { readonly id: string; readonly before: string | null; readonly hash: string },
): Promise<void> {
  const changed = await transaction
    .query(accessSchema)
    .updateTable('user')
    .set({ password: hash })
    .where('id', '=', id)
    .where('password', 'is not distinct from', before)
    .returning('id')
    .executeTakeFirst();
  if (changed === undefined) throw new AppError('conflict', 'The password was changed meanwhile.');
}

async function endOthers(
  transaction: Transaction,
  { id, session, secret }: { readonly id: string; readonly session: string; readonly secret: string },
): Promise<void> {
  const access = transaction.query(accessSchema);
  await access.deleteFrom('sign_in_link').where('user_id', '=', id).execute();
  await access.deleteFrom('session').where('user_id', '=', id).where('id', '!=', session).execute();
  const renewed = await access
    .updateTable('session')
    .set({ secret_hash: hashOf(secret), signed_in_by: 'password' })
    .where('id', '=', session)
    .returning('id')
    .executeTakeFirst();
  if (renewed === undefined) throw new AppError('not-signed-in', 'The session was ended meanwhile.');
}
