import { type Route, route } from '#http/console/index.ts';
import { getRetention, listAudit, listAuditActors, putRetention, verifyAudit } from '../contract.ts';
import { authorOf } from './audit.ts';
import { readActors, readTrail, verifyTrail } from './audit-trail.ts';
import type { Parts } from './parts.ts';
import { readRetention, setRetention } from './retention.ts';

/** Each walk reads the whole trail. */
const verifyLimit = { requests: 10, seconds: 60 };

/** The audit trail, and how long things are kept. */
export function auditRoutes(parts: Parts): readonly Route[] {
  return [
    route(listAudit, async ({ query }) => readTrail(parts, query)),
    route(listAuditActors, async () => readActors(parts)),
    route(verifyAudit, async () => verifyTrail(parts), { rateLimit: verifyLimit }),
    route(getRetention, async () => readRetention(parts.store)),
    route(putRetention, async ({ body, principal, request }) => {
      await setRetention(parts, body, authorOf(principal, request));
      return body;
    }),
  ];
}
