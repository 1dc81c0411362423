import type { Route } from '#http/console/index.ts';
import { auditRoutes } from './audit-routes.ts';
import { collectionRoutes } from './collection-routes.ts';
import type { Parts } from './parts.ts';
import { sessionRoutes } from './session-routes.ts';
import { userRoutes } from './user-routes.ts';

export function accessRoutes(parts: Parts): readonly Route[] {
  return [...sessionRoutes(parts), ...userRoutes(parts), ...collectionRoutes(parts), ...auditRoutes(parts)];
}
