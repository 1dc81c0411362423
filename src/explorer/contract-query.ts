import { z } from 'zod';
import { Environment, Slug } from '#access/contract.ts';
import { line } from '#http/fields.ts';

/**
 * Which part of the estate a list or number is about. `environment` counts what is on its hosts, with the risk that it
 * has there; `none` is what is in no named environment or nowhere. Several fields narrow together.
 */
export const Scope = {
  environment: z.union([Environment, z.literal('none')]).optional(),
  application: line(255).optional(),
  collection: Slug.optional(),
  host: line(400).optional(),
  /** Images that a container runs now, or those that none runs. */
  running: z.stringbool().optional(),
  /** Images, or file systems of hosts and folders; missing: both. */
  kind: z.enum(['image', 'file-system']).optional(),
};

/** Which rows of a list. */
export const Page = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  offset: z.coerce.number().int().min(0).default(0),
};

/** Index of a layer in an address; images have up to 1000. */
export const layerIndex = z.coerce.number().int().min(0).max(1000);
