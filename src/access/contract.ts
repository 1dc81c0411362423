import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** What a token may do; a session of a local user may do everything. */
export const TokenScope = z.enum(['publish', 'read']);
export type TokenScope = z.infer<typeof TokenScope>;

const Me = z.object({
  name: line(128),
  kind: z.enum(['user', 'token']),
  permissions: z.array(z.enum(['read', 'publish', 'administer'])),
  hasPassword: z.boolean(),
});

export const ApiToken = z.object({
  id: z.uuid(),
  name: line(128),
  scope: TokenScope,
  createdAt: moment,
  expiresAt: moment.optional(),
  lastUsedAt: moment.optional(),
});
export type ApiToken = Immutable<z.infer<typeof ApiToken>>;

/** Signs in with a one-time link's secret (once, within 15 minutes) or with name and password; sets the session cookie. */
export const signIn = endpoint({
  method: 'POST',
  path: '/api/v1/session',
  summary: 'Sign in',
  needs: 'public',
  body: z.discriminatedUnion('by', [
    z.object({ by: z.literal('link'), secret: z.string().min(20).max(200) }),
    z.object({ by: z.literal('password'), name: line(128), password: z.string().min(1).max(1024) }),
  ]),
  reply: Me,
});

export const signOut = endpoint({
  method: 'DELETE',
  path: '/api/v1/session',
  summary: 'Sign out',
  needs: 'read',
  reply: z.object({}),
});

export const getMe = endpoint({
  method: 'GET',
  path: '/api/v1/session',
  summary: 'Who is signed in',
  needs: 'read',
  reply: Me,
});

/** Sets the password of the signed-in user, at least 12 characters; ends the user's other sessions. */
export const setPassword = endpoint({
  method: 'PUT',
  path: '/api/v1/session/password',
  summary: 'Set my password',
  needs: 'administer',
  body: z.object({ password: z.string().min(12).max(1024) }),
  reply: z.object({}),
});

export const listTokens = endpoint({
  method: 'GET',
  path: '/api/v1/tokens',
  summary: 'API tokens',
  needs: 'administer',
  reply: z.object({ tokens: z.array(ApiToken) }),
});

/** Makes a token; `secret` is shown this once, only its hash is stored. */
export const createToken = endpoint({
  method: 'POST',
  path: '/api/v1/tokens',
  summary: 'Make an API token',
  needs: 'administer',
  body: z.object({ name: line(128).min(1), scope: TokenScope, days: z.int().min(1).max(3650).optional() }),
  reply: z.object({ token: ApiToken, secret: z.string() }),
});

export const revokeToken = endpoint({
  method: 'DELETE',
  path: '/api/v1/tokens/:id',
  summary: 'Revoke an API token',
  needs: 'administer',
  params: z.object({ id: z.uuid() }),
  reply: z.object({}),
});
