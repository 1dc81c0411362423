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
import { me, nobody } from './me.ts';
import { signOutAddress } from './oidc/sign-out.ts';
import { changePassword } from './own-password.ts';
import { openPasswordQueue } from './password-queue.ts';
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
      const { session } = principal ?? {};
      const address = session === undefined ? undefined : await signOutAddress(dependencies, session);
      if (session !== undefined)
        await closeSession(dependencies, session, { ...authorOf(principal, request), action: 'signed-out' });
      reply.clearCookie(sessionCookie);
      return address === undefined ? {} : { address };
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

function consoleOf({ demo, plainHttp = false, provider, runsFrom }: Dependencies): ReplyOf<typeof getConsole> {
  const { name, passwordSignIn } = provider?.settings ?? {};
  return {
    ...(demo !== undefined && { demo: { recordedAt: demo.recordedAt.toISOString() } }),
    ...(plainHttp && { plainHttp }),
    ...(runsFrom !== undefined && { runsFrom }),
    ...(name !== undefined && passwordSignIn !== undefined && { provider: { name, passwordSignIn } }),
  };
}
