import { type Route, route } from '#http/console/index.ts';
import {
  adoptToken,
  confirmTokens,
  confirmUsers,
  createToken,
  createUser,
  createUserLink,
  deleteUser,
  listTokens,
  listUsers,
  revokeToken,
  updateUser,
} from '../contract.ts';
import { audit, authorOf } from './audit.ts';
import { addLink, createLinkFor } from './links.ts';
import type { Dependencies } from './dependencies.ts';
import { confirm, confirmRestored, readRestored, readUnconfirmed } from './restored.ts';
import { adopt, allTokens, makeToken, removeToken } from './tokens.ts';
import { addUser, allUsers, changeUser, removeUser } from './users.ts';

/** People and machines that may come in. */
export function userRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(listUsers, async () => ({
      users: await allUsers(dependencies),
      ...(await readUnconfirmed(dependencies.store)),
    })),
    route(confirmUsers, async ({ body, principal, request }) => {
      await confirmRestored(dependencies, body.restoredAt, authorOf(principal, request));
      return {};
    }),
    route(createUser, async ({ body, principal, request }) =>
      dependencies.store.transaction(async (transaction) => {
        const user = await addUser(dependencies, transaction, body);
        const { secret } = await addLink(dependencies, transaction, user.id);
        const { id, name, role, collections } = user;
        await audit(transaction, {
          ...authorOf(principal, request),
          action: 'user-made',
          target: { kind: 'user', id, name },
          detail: { role, collections },
        });
        return { user, secret };
      }),
    ),
    route(updateUser, async ({ params, body, principal, request }) => ({
      user: await changeUser(dependencies, { params, body }, authorOf(principal, request)),
    })),
    route(deleteUser, async ({ params, principal, request }) => {
      await removeUser(dependencies, params.id, authorOf(principal, request));
      return {};
    }),
    route(createUserLink, async ({ params, principal, request }) => {
      const { secret, expiresAt } = await createLinkFor(dependencies, params.id, authorOf(principal, request));
      return { secret, expiresAt: expiresAt.toISOString() };
    }),
    route(listTokens, async () => ({
      tokens: await allTokens(dependencies),
      ...(await readRestored(dependencies.store)),
    })),
    route(confirmTokens, async ({ body, principal, request }) => ({
      confirmed: await confirm(dependencies, body.tokens, authorOf(principal, request)),
    })),
    route(createToken, async ({ body, principal, request }) =>
      makeToken(dependencies, body, authorOf(principal, request)),
    ),
    route(adoptToken, async ({ params, principal, request }) => ({
      token: await adopt(dependencies, params.id, authorOf(principal, request)),
    })),
    route(revokeToken, async ({ params, principal, request }) => {
      await removeToken(dependencies, params.id, authorOf(principal, request));
      return {};
    }),
  ];
}
