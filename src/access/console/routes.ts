import { AppError } from '#base/index.ts';
import { type Principal, type Route, route } from '#http/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { createToken, getMe, listTokens, revokeToken, setPassword, signIn, signOut } from '../contract.ts';
import { checkFailures, noteFailure } from './failures.ts';
import type { Parts } from './parts.ts';
import { closeSession, openSession, principalOfSession, sessionCookie, sessionSeconds } from './sessions.ts';
import { allTokens, makeToken, removeToken } from './tokens.ts';
import { changePassword, hasPassword, userOfLink, userOfPassword } from './users.ts';

/** Guessing is stopped by counted failures; this only bounds the work of a flood. */
const signInLimit = { requests: 30, seconds: 60 };

export function accessRoutes(parts: Parts): readonly Route[] {
  return [...sessionRoutes(parts), ...tokenRoutes(parts)];
}

function sessionRoutes(parts: Parts): readonly Route[] {
  return [
    route(
      signIn,
      async ({ body, request, reply }) => {
        const attempt = body.by === 'password' ? { ip: request.ip, name: body.name } : { ip: request.ip };
        await checkFailures(parts, attempt);
        const user = await (body.by === 'link' ? userOfLink(parts, body.secret) : userOfPassword(parts, body));
        if (user === undefined) throw await noteFailure(parts, attempt, body.by);
        const secret = await openSession(parts, user);
        reply.setCookie(sessionCookie, secret, sessionSeconds);
        parts.log.info({ audit: 'signed-in', by: body.by, user, ip: request.ip }, 'A user signed in.');
        return me(parts, await principalOfSession(parts, secret, 'check'));
      },
      { rateLimit: signInLimit },
    ),
    route(signOut, async ({ principal, reply }) => {
      if (principal?.session !== undefined) await closeSession(parts, principal.session);
      reply.clearCookie(sessionCookie);
      return {};
    }),
    route(getMe, async ({ principal }) => me(parts, principal)),
    route(setPassword, async ({ principal, body }) => {
      if (principal?.session === undefined) throw new AppError('not-allowed', 'Only a signed-in user has a password.');
      await changePassword(parts, { id: principal.id, session: principal.session }, body.password);
      return {};
    }),
  ];
}

function tokenRoutes(parts: Parts): readonly Route[] {
  return [
    route(listTokens, async () => ({ tokens: await allTokens(parts) })),
    route(createToken, async ({ body }) => makeToken(parts, body)),
    route(revokeToken, async ({ params }) => {
      await removeToken(parts, params.id);
      return {};
    }),
  ];
}

async function me(parts: Parts, principal: Principal | undefined): Promise<ReplyOf<typeof getMe>> {
  if (principal === undefined) throw new AppError('not-signed-in', 'Nobody is signed in.');
  const { name, kind, id } = principal;
  const permissions = principal.permissions.filter((one) => one !== 'public');
  return { name, kind, permissions, hasPassword: kind === 'user' && (await hasPassword(parts, id)) };
}
