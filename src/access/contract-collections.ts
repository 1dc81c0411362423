import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { Environment, Slug } from './contract-roles.ts';

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
