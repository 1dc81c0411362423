import { type Route, route } from '#http/console/index.ts';
import { getRetention, listAudit, listAuditActors, putRetention, verifyAudit } from '../contract.ts';
import { authorOf } from './audit.ts';
import { readActors, readTrail, verifyTrail } from './audit-trail.ts';
import type { Dependencies } from './dependencies.ts';
import { readRetention, setRetention } from './retention.ts';

/** Each walk reads the whole trail. */
const verifyLimit = { requests: 10, seconds: 60 };

/** The audit trail, and how long things are kept. */
export function auditRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    route(listAudit, async ({ query }) => readTrail(dependencies, query)),
    route(listAuditActors, async () => readActors(dependencies)),
    route(verifyAudit, async () => verifyTrail(dependencies), { rateLimit: verifyLimit }),
    route(getRetention, async () => readRetention(dependencies.store)),
    route(putRetention, async ({ body, principal, request }) => {
      await setRetention(dependencies, body, authorOf(principal, request));
      return body;
    }),
  ];
}
