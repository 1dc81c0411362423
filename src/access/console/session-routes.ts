import { type Route, route } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { getConsole, getMe, listSessions, revokeSession, setPassword, signIn, signOut } from '../contract.ts';
import { authorOf } from './audit.ts';
import { checkFailures, noteFailure } from './failures.ts';
import { userOfLink } from './links.ts';
import { changePassword, userOfPassword } from './own-password.ts';
import type { Dependencies } from './dependencies.ts';
import { me, nobody } from './me.ts';
import { signOutAddress } from './oidc/sign-out.ts';
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
      const { session } = principal ?? {};
      const address = session === undefined ? undefined : await signOutAddress(dependencies, session);
      if (session !== undefined)
        await closeSession(dependencies, session, { ...authorOf(principal, request), action: 'signed-out' });
      reply.clearCookie(sessionCookie);
      return address === undefined ? {} : { address };
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

function consoleOf({ demo, provider }: Dependencies): ReplyOf<typeof getConsole> {
  const { name, passwordSignIn } = provider?.settings ?? {};
  return {
    ...(demo !== undefined && { demo: { recordedAt: demo.recordedAt.toISOString() } }),
    ...(name !== undefined && passwordSignIn !== undefined && { provider: { name, passwordSignIn } }),
  };
}
