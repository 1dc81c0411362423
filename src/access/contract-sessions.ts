import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint, permissions } from '#http/index.ts';
import { shortestPassword } from './contract-password.ts';
import { Role, Slug } from './contract-roles.ts';

const Permission = z.enum(permissions);

/** Who is signed in, as himself sees it. */
export const Me = z.object({
  name: line(128),
  kind: z.enum(['user', 'token']),
  role: Role,
  permissions: z.array(Permission),
  /** Collections that the caller may see; missing: everything. */
  collections: z.array(Slug).optional(),
  hasPassword: z.boolean(),
  /** Whether a new password needs the old one: not without any, nor in the hour after signing in by a link. */
  needsOldPassword: z.boolean(),
  /** Of whom a provider knows: how long the session goes on without another word of it. */
  provider: z
    .object({
      name: line(64),
      confirmedAt: moment,
      /** Since when it does not answer; missing: it does. */
      failedAt: moment.optional(),
      until: moment,
    })
    .optional(),
});

export const Session = z.object({
  id: z.uuid(),
  user: line(128),
  createdAt: moment,
  seenAt: moment,
  /** Address that it was last used from. */
  address: line(64).optional(),
  /** Whether it is the caller's own. */
  current: z.boolean(),
  /** When the provider last confirmed it; missing: it is of a user of this console. */
  confirmedAt: moment.optional(),
  /** When the provider last did not answer about it, since then. */
  failedAt: moment.optional(),
});
export type Session = Immutable<z.infer<typeof Session>>;

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

/** `address` signs the browser out of the provider, too, where that offers it. */
export const signOut = endpoint({
  method: 'DELETE',
  path: '/api/v1/session',
  summary: 'Sign out',
  needs: 'own-session',
  reply: z.object({ address: z.string().optional() }),
});

export const getMe = endpoint({
  method: 'GET',
  path: '/api/v1/session',
  summary: 'Who is signed in',
  needs: 'own-session',
  reply: Me,
});

/** What a console was started from, which says how its commands are called on its machine. */
export const RunsFrom = z.enum(['checkout', 'package', 'image', 'pod']);
export type RunsFrom = z.infer<typeof RunsFrom>;

/** How a command of the console is called on its machine, in front of the command's own words. */
export function ownProgram(from: RunsFrom, container = 'seawall'): string {
  const words = {
    checkout: 'bin/seawall',
    package: 'seawall',
    image: `docker exec ${container} seawall`,
    pod: `kubectl exec ${container} -- seawall`,
  };
  return words[from];
}

/** What every page says of the console, also before somebody signs in. */
export const getConsole = endpoint({
  method: 'GET',
  path: '/api/v1/console',
  summary: 'What this console is',
  needs: 'public',
  reply: z.object({
    /** It plays a recording: hosts, people and incidents are those of a run in the lab. Missing: it is no demo. */
    demo: z.object({ recordedAt: moment }).optional(),
    /** OpenID Connect provider by which people sign in. Missing: there is none. */
    provider: z.object({ name: line(64), passwordSignIn: z.enum(['shown', 'hidden']) }).optional(),
    /** People beyond its machine reach it by plain HTTP: whoever is on the way reads what they type. Missing: they do not. */
    plainHttp: z.literal(true).optional(),
    /** Missing: one of the release before. */
    runsFrom: RunsFrom.optional(),
  }),
});

/**
 * Sets the password of the signed-in user, at least 12 characters that are not easy to guess; ends the user's other
 * sessions and links, and changes the session cookie. `old` is needed where `needsOldPassword` says so.
 */
export const setPassword = endpoint({
  method: 'PUT',
  path: '/api/v1/session/password',
  summary: 'Set my password',
  needs: 'own-password',
  body: z.object({ password: z.string().min(shortestPassword).max(1024), old: z.string().max(1024).optional() }),
  reply: z.object({}),
});

export const listOwnSessions = endpoint({
  method: 'GET',
  path: '/api/v1/session/sessions',
  summary: 'My open sessions',
  needs: 'own-password',
  reply: z.object({ sessions: z.array(Session) }),
});

export const revokeOwnSession = endpoint({
  method: 'DELETE',
  path: '/api/v1/session/sessions/:id',
  summary: 'End a session of mine',
  needs: 'own-password',
  params: z.object({ id: z.uuid() }),
  reply: z.object({}),
});

export const listSessions = endpoint({
  method: 'GET',
  path: '/api/v1/sessions',
  summary: 'Open sessions of all users',
  needs: 'administer',
  reply: z.object({ sessions: z.array(Session) }),
});

export const revokeSession = endpoint({
  method: 'DELETE',
  path: '/api/v1/sessions/:id',
  summary: 'End a session',
  needs: 'administer',
  params: z.object({ id: z.uuid() }),
  reply: z.object({}),
});
