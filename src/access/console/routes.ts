import type { Route } from '#http/console/index.ts';
import { auditRoutes } from './audit-routes.ts';
import { collectionRoutes } from './collection-routes.ts';
import type { Dependencies } from './dependencies.ts';
import { providerRoutes } from './oidc/provider-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { userRoutes } from './user-routes.ts';

export function accessRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    ...sessionRoutes(dependencies),
    ...providerRoutes(dependencies),
    ...userRoutes(dependencies),
    ...collectionRoutes(dependencies),
    ...auditRoutes(dependencies),
  ];
}
