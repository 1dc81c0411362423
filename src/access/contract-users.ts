import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Role, Slug } from './contract-roles.ts';

export const User = z.object({
  id: z.uuid(),
  name: line(128),
  role: Role.exclude(['ci']),
  collections: z.array(Slug).optional(),
  createdAt: moment,
  lastSeenAt: moment.optional(),
  disabled: z.boolean(),
  hasPassword: z.boolean(),
  /** Who a provider knows: he signs in there, and his groups give role and collections. Missing: a user of this console. */
  provider: z
    .object({
      issuer: line(512),
      subject: line(255),
      /** Group that gives the role; missing: none does any more, so the user may nothing. */
      group: line(256).optional(),
      /** When the provider last said so. */
      confirmedAt: moment,
    })
    .optional(),
});
export type User = Immutable<z.infer<typeof User>>;

export const listUsers = endpoint({
  method: 'GET',
  path: '/api/v1/users',
  summary: 'Users',
  needs: 'administer',
  reply: z.object({
    users: z.array(User),
    /**
     * The copy that was restored last, until an administrator confirms it: users, their roles and passwords, agents and
     * clusters are as they were at `takenAt`.
     */
    restored: z.object({ restoredAt: moment, takenAt: moment }).optional(),
  }),
});

/** Says that somebody looked at what the restore of this moment brought back. */
export const confirmUsers = endpoint({
  method: 'POST',
  path: '/api/v1/users/confirm',
  summary: 'Confirm users, agents and clusters after a restore',
  needs: 'administer',
  body: z.object({ restoredAt: moment }),
  reply: z.object({}),
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
