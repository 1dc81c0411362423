import type { HandlerContext, Principal } from '#http/console/index.ts';
import { audit, authorOf } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { accessSchema } from './schema.ts';

/** The user whose name and password these are; nobody when he is disabled. */
export async function userOfPassword(
  { store }: Dependencies,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<string | undefined> {
  const user = await store
    .query(accessSchema)
    .selectFrom('user')
    .select(['id', 'password'])
    .where('name', '=', name)
    .where('disabled', '=', false)
    .executeTakeFirst();
  return (await verifyPassword(password, user?.password)) ? user?.id : undefined;
}

/** Sets the password of the signed-in user and ends all his sessions but this one. */
export async function changePassword(
  { store, random }: Dependencies,
  { principal, request }: { readonly principal: Principal; readonly request: HandlerContext['request'] },
  password: string,
): Promise<void> {
  const { id, name, session } = principal;
  const hash = await hashPassword(password, random);
  await store.transaction(async (transaction) => {
    const access = transaction.query(accessSchema);
    await access.updateTable('user').set({ password: hash }).where('id', '=', id).execute();
    const others = access.deleteFrom('session').where('user_id', '=', id);
    await (session === undefined ? others : others.where('id', '!=', session)).execute();
    const target = { kind: 'user', id, name };
    await audit(transaction, { ...authorOf(principal, request), action: 'password-set', target });
  });
}
