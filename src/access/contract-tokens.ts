import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Role, Slug } from './contract-roles.ts';

/** Who a token stands for; what it may is bounded by what he may at that moment. */
export const TokenOwner = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    id: z.uuid(),
    name: line(128),
    /**
     * `may-not-publish`: his role is another now. `no-role`: none of his groups gives one any more. `unconfirmed`: the
     * provider has not confirmed him for too long; he has to sign in.
     */
    state: z.enum(['active', 'may-not-publish', 'disabled', 'deleted', 'no-role', 'unconfirmed']),
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
  /** It opens nothing since then, until an administrator confirms it: an older copy of the data was restored. */
  heldSince: moment.optional(),
});
export type ApiToken = Immutable<z.infer<typeof ApiToken>>;

export const listTokens = endpoint({
  method: 'GET',
  path: '/api/v1/tokens',
  summary: 'API tokens',
  needs: 'administer',
  reply: z.object({
    tokens: z.array(ApiToken),
    /** The copy that was restored last: what was revoked or changed after `takenAt` is as before. */
    restored: z.object({ restoredAt: moment, takenAt: moment }).optional(),
  }),
});

/** Has held tokens work again, those that are named and no other. */
export const confirmTokens = endpoint({
  method: 'POST',
  path: '/api/v1/tokens/confirm',
  summary: 'Confirm API tokens that are held since a restore',
  needs: 'administer',
  body: z.object({ tokens: z.array(z.uuid()).min(1).max(10_000) }),
  reply: z.object({ confirmed: z.int().min(0) }),
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
