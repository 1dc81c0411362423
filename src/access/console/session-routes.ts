import { AppError } from '#base/index.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { getConsole, getMe, listSessions, revokeSession, setPassword, signIn, signOut } from '../contract.ts';
import { authorOf } from './audit.ts';
import { checkFailures, noteFailure } from './failures.ts';
import { userOfLink } from './links.ts';
import { changePassword, userOfPassword } from './own-password.ts';
import type { Dependencies } from './dependencies.ts';
import { accessSchema } from './schema.ts';
import {
  allSessions,
  closeSession,
  openSession,
  principalOfSession,
  sessionCookie,
  sessionSeconds,
} from './sessions.ts';

/** Guessing is stopped by counted failures; this only bounds the work of a flood. */
const signInLimit = { requests: 30, seconds: 60 };

/** Signing in and out, and who is signed in. */
export function sessionRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(
      signIn,
      async ({ body, request, reply }) => {
        const address = request.ip;
        const attempt = body.by === 'password' ? { ip: address, name: body.name } : { ip: address };
        await checkFailures(dependencies, attempt);
        const user = await (body.by === 'link'
          ? userOfLink(dependencies, body.secret)
          : userOfPassword(dependencies, body));
        if (user === undefined) throw await noteFailure(dependencies, attempt, body.by);
        const secret = await openSession(dependencies, { user, by: body.by, address });
        reply.setCookie(sessionCookie, secret, sessionSeconds);
        return me(dependencies, await principalOfSession(dependencies, secret, { purpose: 'check' }));
      },
      { rateLimit: signInLimit },
    ),
    route(signOut, async ({ principal, request, reply }) => {
      if (principal?.session !== undefined)
        await closeSession(dependencies, principal.session, { ...authorOf(principal, request), action: 'signed-out' });
      reply.clearCookie(sessionCookie);
      return {};
    }),
    route(getConsole, async () => consoleOf(dependencies)),
    route(getMe, async ({ principal }) => me(dependencies, principal)),
    route(setPassword, async ({ principal, request, body }) => {
      if (principal === undefined) throw nobody();
      await changePassword(dependencies, { principal, request }, body.password);
      return {};
    }),
    route(listSessions, async ({ principal }) => ({ sessions: await allSessions(dependencies, principal?.session) })),
    route(revokeSession, async ({ params, principal, request }) => {
      await closeSession(dependencies, params.id, { ...authorOf(principal, request), action: 'session-ended' });
      return {};
    }),
  ];
}

function consoleOf({ demo }: Dependencies): ReplyOf<typeof getConsole> {
  return demo === undefined ? {} : { demo: { recordedAt: demo.recordedAt.toISOString() } };
}

async function me({ store }: Dependencies, principal: Principal | undefined): Promise<ReplyOf<typeof getMe>> {
  if (principal === undefined) throw nobody();
  const { name, kind, id, collections } = principal;
  if (kind === 'agent') throw new AppError('not-allowed', 'An agent has no session.');
  const access = store.query(accessSchema);
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
  };
}

function nobody(): AppError {
  return new AppError('not-signed-in', 'Nobody is signed in.');
}
