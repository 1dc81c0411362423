import { AppError } from '#base/index.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { getConsole, getMe, listSessions, revokeSession, setPassword, signIn, signOut } from '../contract.ts';
import { authorOf } from './audit.ts';
import { checkFailures, noteFailure } from './failures.ts';
import { userOfLink } from './links.ts';
import { changePassword, userOfPassword } from './own-password.ts';
import type { Parts } from './parts.ts';
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
export function sessionRoutes(parts: Parts): readonly Route[] {
  return [
    route(
      signIn,
      async ({ body, request, reply }) => {
        const address = request.ip;
        const attempt = body.by === 'password' ? { ip: address, name: body.name } : { ip: address };
        await checkFailures(parts, attempt);
        const user = await (body.by === 'link' ? userOfLink(parts, body.secret) : userOfPassword(parts, body));
        if (user === undefined) throw await noteFailure(parts, attempt, body.by);
        const secret = await openSession(parts, { user, by: body.by, address });
        reply.setCookie(sessionCookie, secret, sessionSeconds);
        return me(parts, await principalOfSession(parts, secret, { purpose: 'check' }));
      },
      { rateLimit: signInLimit },
    ),
    route(signOut, async ({ principal, request, reply }) => {
      if (principal?.session !== undefined)
        await closeSession(parts, principal.session, { ...authorOf(principal, request), action: 'signed-out' });
      reply.clearCookie(sessionCookie);
      return {};
    }),
    route(getConsole, async () => consoleOf(parts)),
    route(getMe, async ({ principal }) => me(parts, principal)),
    route(setPassword, async ({ principal, request, body }) => {
      if (principal === undefined) throw nobody();
      await changePassword(parts, { principal, request }, body.password);
      return {};
    }),
    route(listSessions, async ({ principal }) => ({ sessions: await allSessions(parts, principal?.session) })),
    route(revokeSession, async ({ params, principal, request }) => {
      await closeSession(parts, params.id, { ...authorOf(principal, request), action: 'session-ended' });
      return {};
    }),
  ];
}

function consoleOf({ demo }: Parts): ReplyOf<typeof getConsole> {
  return demo === undefined ? {} : { demo: { recordedAt: demo.recordedAt.toISOString() } };
}

async function me({ store }: Parts, principal: Principal | undefined): Promise<ReplyOf<typeof getMe>> {
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
