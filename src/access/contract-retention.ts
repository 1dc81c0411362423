import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { endpoint } from '#http/index.ts';

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
