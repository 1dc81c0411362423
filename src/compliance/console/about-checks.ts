import type { About } from '../check.ts';
import { checks } from '../checks/index.ts';

/** What each check of this release says of itself, by its id. */
export const aboutChecks: ReadonlyMap<string, About> = new Map(
  Object.values<readonly About[]>(checks).flatMap((list) => list.map((check) => [check.id, check])),
);
