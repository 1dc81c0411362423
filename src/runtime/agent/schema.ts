import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Evidence, getDesiredConfiguration, Model, ModelKey } from '../contract.ts';

// What the agent keeps on its disk between two runs.

/** `STATE/runtime/containers.json`: what the sensor says of a container once. */
export const StoredContainers = z.object({
  form: z.literal(1),
  containers: z.array(
    z.object({
      id: z.string().regex(/^[0-9a-f]{64}$/),
      cgroup: z.string().regex(/^\d{1,20}$/),
      imageId: z.string(),
      root: z.string(),
      bornAt: z.number(),
      found: z.boolean(),
      firstListenAt: z.number().optional(),
      goneAt: z.number().optional(),
    }),
  ),
});

/** `STATE/runtime/images/IMAGE/head.json`: what the index of an image says of itself. */
export const StoredIndex = z.object({
  form: z.literal(3),
  stamp: z.string(),
  isComplete: z.boolean(),
  device: z.int().min(0),
  files: z.int().min(0),
  missing: z.array(z.string()),
  missingCount: z.int().min(0),
  unread: z.array(z.string()),
  unreadCount: z.int().min(0),
});

/** `STATE/models/ID.json.zst`: evidence of one model. */
export const StoredEvidence = z.object({
  form: z.literal(1),
  key: ModelKey,
  bucketSeconds: z.int().min(1),
  /** Some of it the console was not told yet. */
  untold: z.boolean(),
  evidence: Evidence,
});
export type StoredEvidence = Immutable<z.infer<typeof StoredEvidence>>;

/** `STATE/runtime/orders.json`: the newest configuration, and the models that came with any. */
export const StoredConfiguration = z.object({
  form: z.literal(1),
  orders: getDesiredConfiguration.reply.omit({ models: true }),
  models: z.array(Model),
  /** Under which the agent knows them; missing: those of their keys. */
  ids: z.array(z.string()).optional(),
});
export type StoredConfiguration = Immutable<z.infer<typeof StoredConfiguration>>;
