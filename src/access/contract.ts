import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint, type Permission as AnyPermission, permissions } from '#http/index.ts';

export * from './contract-audit.ts';

/** How an environment may be called; pages check it too. */
export const environmentPattern = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** Name of an environment: `dev`, `test`, `prod`, or any other. */
export const Environment = z.string().regex(environmentPattern);

/** What a person or a token is there for. `ci` is for tokens only. */
export const Role = z.enum(['administrator', 'operator', 'auditor', 'developer', 'ci']);
export type Role = z.infer<typeof Role>;

/**
 * What each role may do, of users and tokens alike. A session adds `own-password`; who is scoped to collections has none
 * of `wholePermissions`; agents have `report` and no role.
 */
export const rolePermissions: Readonly<Record<Role, readonly AnyPermission[]>> = {
  administrator: [
    'own-session',
    'read',
    'publish',
    'request-exceptions',
    'approve-exceptions',
    'operate',
    'write-rules',
    'manage-agents',
    'read-audit',
    'administer',
  ],
  operator: [
    'own-session',
    'read',
    'publish',
    'request-exceptions',
    'approve-exceptions',
    'operate',
    'write-rules',
    'manage-agents',
  ],
  auditor: ['own-session', 'read', 'read-audit'],
  developer: ['own-session', 'read', 'request-exceptions'],
  ci: ['own-session', 'publish'],
};

/** Id in addresses and YAML: `surge-prod`. */
export const Slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);

const Patterns = z.array(line(512).min(1)).max(200).optional();

/**
 * A named part of the estate, used by rules, views and access alike. Empty fields hold for everything; how patterns
 * are compared is in `collection.ts`.
 */
export const Collection = z.object({
  id: Slug,
  name: line(128).min(1),
  description: line(1000).default(''),
  selects: z.object({
    images: Patterns,
    repositories: Patterns,
    registries: Patterns,
    /** `key=value`. */
    labels: Patterns,
    environments: Patterns,
    hosts: Patterns,
    applications: Patterns,
  }),
  /** Environment of the hosts that it selects, in the place of what their agents say. Only where `hosts` alone is given. */
  environment: Environment.optional(),
});
export type Collection = Immutable<z.infer<typeof Collection>>;

const Permission = z.enum(permissions);

const Me = z.object({
  name: line(128),
  kind: z.enum(['user', 'token']),
  role: Role,
  permissions: z.array(Permission),
  /** Collections that the caller may see; missing: everything. */
  collections: z.array(Slug).optional(),
  hasPassword: z.boolean(),
});

export const User = z.object({
  id: z.uuid(),
  name: line(128),
  role: Role.exclude(['ci']),
  collections: z.array(Slug).optional(),
  createdAt: moment,
  lastSeenAt: moment.optional(),
  disabled: z.boolean(),
  hasPassword: z.boolean(),
});
export type User = Immutable<z.infer<typeof User>>;

/** Who a token stands for; what it may is bounded by what he may at that moment. */
export const TokenOwner = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    id: z.uuid(),
    name: line(128),
    /** `may-not-publish`: his role is another now. */
    state: z.enum(['active', 'may-not-publish', 'disabled', 'deleted']),
  }),
  /** Made on the console's machine, by who may read its state folder. */
  z.object({ kind: z.literal('console') }),
  /** From before owners were kept by id; `name` is what was written down. To be adopted or revoked. */
  z.object({ kind: z.literal('unknown'), name: line(128) }),
]);
export type TokenOwner = Immutable<z.infer<typeof TokenOwner>>;

export const ApiToken = z.object({
  id: z.uuid(),
  name: line(128),
  role: Role,
  owner: TokenOwner,
  /** Whether what it published counts; an expired token keeps what it published in time. */
  worth: z.enum(['counts', 'owner-lost']),
  /** Repositories that it speaks for, as patterns (`registry.example/shop/*`); scans of others are refused. */
  repositories: z.array(line(512)).optional(),
  collections: z.array(Slug).optional(),
  createdAt: moment,
  createdBy: line(128),
  expiresAt: moment.optional(),
  lastUsedAt: moment.optional(),
});
export type ApiToken = Immutable<z.infer<typeof ApiToken>>;

export const Session = z.object({
  id: z.uuid(),
  user: line(128),
  createdAt: moment,
  seenAt: moment,
  /** Address that it was last used from. */
  address: line(64).optional(),
  /** Whether it is the caller's own. */
  current: z.boolean(),
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

export const signOut = endpoint({
  method: 'DELETE',
  path: '/api/v1/session',
  summary: 'Sign out',
  needs: 'own-session',
  reply: z.object({}),
});

export const getMe = endpoint({
  method: 'GET',
  path: '/api/v1/session',
  summary: 'Who is signed in',
  needs: 'own-session',
  reply: Me,
});

/** What every page says of the console, also before somebody signs in. */
export const getConsole = endpoint({
  method: 'GET',
  path: '/api/v1/console',
  summary: 'What this console is',
  needs: 'public',
  reply: z.object({
    /** It plays a recording: hosts, people and incidents are those of a run in the lab. Missing: it is no demo. */
    demo: z.object({ recordedAt: moment }).optional(),
  }),
});

/** Sets the password of the signed-in user, at least 12 characters; ends the user's other sessions. */
export const setPassword = endpoint({
  method: 'PUT',
  path: '/api/v1/session/password',
  summary: 'Set my password',
  needs: 'own-password',
  body: z.object({ password: z.string().min(12).max(1024) }),
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

export const listUsers = endpoint({
  method: 'GET',
  path: '/api/v1/users',
  summary: 'Users',
  needs: 'administer',
  reply: z.object({ users: z.array(User) }),
});

const NewUser = z.object({
  name: line(128).min(1),
  role: Role.exclude(['ci']),
  collections: z.array(Slug).max(200).optional(),
});

/** Makes a user; `secret` signs in once at `ORIGIN/sign-in#SECRET`, within 24 hours, to set a password. */
export const createUser = endpoint({
  method: 'POST',
  path: '/api/v1/users',
  summary: 'Create a user',
  needs: 'administer',
  body: NewUser,
  reply: z.object({ user: User, secret: z.string() }),
});

/** Changes role, collections or state; the user's sessions end when he is disabled. The last administrator stays one. */
export const updateUser = endpoint({
  method: 'PUT',
  path: '/api/v1/users/:id',
  summary: 'Change a user',
  needs: 'administer',
  params: z.object({ id: z.uuid() }),
  body: NewUser.omit({ name: true }).extend({ disabled: z.boolean() }),
  reply: z.object({ user: User }),
});

/** His sessions end, and what his tokens published counts no more. The last administrator stays. */
export const deleteUser = endpoint({
  method: 'DELETE',
  path: '/api/v1/users/:id',
  summary: 'Delete a user',
  needs: 'administer',
  params: z.object({ id: z.uuid() }),
  reply: z.object({}),
});

/** A new link for a user who lost his way in. */
export const createUserLink = endpoint({
  method: 'POST',
  path: '/api/v1/users/:id/links',
  summary: 'Create a sign-in link for a user',
  needs: 'administer',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ secret: z.string(), expiresAt: moment }),
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
  summary: 'Create an API token',
  needs: 'administer',
  body: z.object({
    name: line(128).min(1),
    role: Role,
    repositories: z.array(line(512).min(1)).max(200).optional(),
    collections: z.array(Slug).max(200).optional(),
    days: z.int().min(1).max(3650).optional(),
  }),
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

/** From now on the token stands for the caller: it may what they both may, and what it published counts accordingly. */
export const adoptToken = endpoint({
  method: 'POST',
  path: '/api/v1/tokens/:id/owner',
  summary: 'Adopt an API token',
  needs: 'administer',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ token: ApiToken }),
});

export const listCollections = endpoint({
  method: 'GET',
  path: '/api/v1/collections',
  summary: 'Collections',
  needs: 'read',
  reply: z.object({ collections: z.array(Collection) }),
});

export const putCollection = endpoint({
  method: 'PUT',
  path: '/api/v1/collections/:id',
  summary: 'Create or change a collection',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  body: Collection.omit({ id: true }),
  reply: z.object({ collection: Collection }),
});

/** Refused with `in-use` while a user, token or policy names it. */
export const deleteCollection = endpoint({
  method: 'DELETE',
  path: '/api/v1/collections/:id',
  summary: 'Delete a collection',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  reply: z.object({}),
});

/** Days that things are kept; `system` page. */
export const Retention = z.object({
  /** Container history: what ran and ended. */
  containerDays: z.int().min(1).max(3650),
  /** Scans and verdicts that no longer speak for anything present. */
  scanDays: z.int().min(1).max(3650),
  /** Points of trends. */
  trendDays: z.int().min(7).max(3650),
  auditDays: z.int().min(30).max(3650),
});
export type Retention = Immutable<z.infer<typeof Retention>>;

export const getRetention = endpoint({
  method: 'GET',
  path: '/api/v1/settings/retention',
  summary: 'How long things are kept',
  needs: 'read-audit',
  reply: Retention,
});

export const putRetention = endpoint({
  method: 'PUT',
  path: '/api/v1/settings/retention',
  summary: 'Set how long things are kept',
  needs: 'administer',
  body: Retention,
  reply: Retention,
});
