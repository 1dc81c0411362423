import type { Queries } from '#store/index.ts';
import type { About } from '../check.ts';
import { checks } from '../checks/index.ts';
import { readCustom } from './custom-checks.ts';

/** What each check of this release says of itself, by its id. */
const aboutChecks: ReadonlyMap<string, About> = new Map(
  Object.values<readonly About[]>(checks).flatMap((list) => list.map((check) => [check.id, check])),
);

/** The same, with checks that were written here. */
export async function readAboutChecks(queries: Queries): Promise<ReadonlyMap<string, About>> {
  const custom: readonly About[] = await readCustom(queries);
  return new Map([...aboutChecks, ...custom.map((check) => [check.id, check] as const)]);
}
