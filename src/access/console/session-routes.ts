import { AppError } from '#base/index.ts';
import { type HandlerContext, type Principal, type Route, route } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import {
  getConsole,
  getMe,
  listOwnSessions,
  listSessions,
  revokeOwnSession,
  revokeSession,
  setPassword,
  signIn,
  signOut,
} from '../contract.ts';
import { authorOf } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { enterByLink, enterByPassword } from './enter.ts';
import { browserCookie, browserSeconds } from './known-browser.ts';
import { changePassword, needsOldPassword } from './own-password.ts';
import { openPasswordQueue } from './password-queue.ts';
import { accessSchema } from './schema.ts';
import { allSessions, closeSession, principalOfSession, sessionCookie, sessionSeconds } from './sessions.ts';

/** Signing in and out, and who is signed in. */
export function sessionRoutes(dependencies: Dependencies): readonly Route[] {
  const queue = openPasswordQueue();
  return [
    route(signIn, async ({ body, request, reply }) => {
      const { secret, browser } = await (body.by === 'link'
        ? enterByLink(dependencies, body, request)
        : enterByPassword({ ...dependencies, queue }, body, request));
      reply.setCookie(sessionCookie, secret, sessionSeconds);
      if (browser !== undefined) reply.setCookie(browserCookie, browser, browserSeconds);
      return me(dependencies, await principalOfSession(dependencies, secret, { purpose: 'check' }));
    }),
    route(signOut, async ({ principal, request, reply }) => {
      if (principal?.session !== undefined)
        await closeSession(dependencies, principal.session, { ...authorOf(principal, request), action: 'signed-out' });
      reply.clearCookie(sessionCookie);
      return {};
    }),
    route(getConsole, async () => consoleOf(dependencies)),
    route(getMe, async ({ principal }) => me(dependencies, principal)),
    route(setPassword, async ({ principal, request, reply, body: { old, password } }) => {
      const change = { principal: withSession(principal), request, old, password };
      reply.setCookie(sessionCookie, await changePassword(dependencies, queue, change), sessionSeconds);
      return {};
    }),
    ...listRoutes(dependencies),
  ];
}

function listRoutes(dependencies: Dependencies): readonly Route[] {
  const end = async (
    session: string,
    { principal, request }: Pick<HandlerContext, 'principal' | 'request'>,
    of?: string,
  ) => {
    const author = authorOf(principal, request);
    await closeSession(dependencies, session, { ...author, action: 'session-ended', ...(of !== undefined && { of }) });
    return {};
  };
  return [
    route(listSessions, async ({ principal }) => ({
      sessions: await allSessions(dependencies, { own: principal?.session }),
    })),
    route(revokeSession, async ({ params, ...context }) => await end(params.id, context)),
    route(listOwnSessions, async ({ principal }) => {
      const { id: user, session: own } = withSession(principal);
      return { sessions: await allSessions(dependencies, { own, user }) };
    }),
    route(
      revokeOwnSession,
      async ({ params, ...context }) => await end(params.id, context, withSession(context.principal).id),
    ),
  ];
}

/** Only people have a session, and what needs `own-password` is theirs alone. */
function withSession(principal: Principal | undefined): Principal & { readonly session: string } {
  if (principal?.session === undefined) throw nobody();
  return { ...principal, session: principal.session };
}

function consoleOf({ demo, plainHttp = false }: Dependencies): ReplyOf<typeof getConsole> {
  return {
    ...(demo !== undefined && { demo: { recordedAt: demo.recordedAt.toISOString() } }),
    ...(plainHttp && { plainHttp }),
  };
}

async function me(dependencies: Dependencies, principal: Principal | undefined): Promise<ReplyOf<typeof getMe>> {
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
  };
}

function nobody(): AppError {
  return new AppError('not-signed-in', 'Nobody is signed in.');
}
