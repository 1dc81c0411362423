import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** What the console measures of itself when it is asked; nothing here is remembered. */
export const Health = z.object({
  version: line(64),
  startedAt: moment,
  measuredAt: moment,
  /** Missing, as `work` is: whoever sees a part of the estate learns nothing of how large and busy the rest is. */
  store: z
    .object({
      /** Of PostgreSQL. */
      version: line(64),
      /** How long it took to answer. */
      milliseconds: z.number().min(0),
      bytes: z.int().min(0),
    })
    .optional(),
  /** Reactions to what happened, as jobs. */
  work: z
    .object({
      waiting: z.int().min(0),
      /** Failed, and will be tried again. */
      retrying: z.int().min(0),
      /** Given up in the last 24 hours. */
      failed: z.int().min(0),
      /** How long the oldest job that waits has waited; missing: none waits. */
      oldestSeconds: z.number().min(0).optional(),
    })
    .optional(),
  /** Backups of the console; missing, as `work` is. */
  backups: z
    .object({
      /**
       * `off`: none are scheduled, and none was taken lately. `none`: there is none yet. `overdue`: the last good one is older
       * than a day and two hours.
       */
      state: z.enum(['off', 'none', 'failed', 'overdue', 'good']),
      /** When the last good one was taken, where it is, and how large. */
      goodAt: moment.optional(),
      file: line(4096).optional(),
      bytes: z.int().min(0).optional(),
      /** The attempt after it, and why it failed. */
      failed: z.object({ at: moment, reason: line(500) }).optional(),
    })
    .optional(),
  /** Hosts that the caller may see, and those whose agents are away. */
  hosts: z.object({ all: z.int().min(0), away: z.int().min(0) }),
});
export type Health = Immutable<z.infer<typeof Health>>;

export const getHealth = endpoint({
  method: 'GET',
  path: '/api/v1/health',
  summary: 'Version and health of the console',
  needs: 'read',
  reply: Health,
});
