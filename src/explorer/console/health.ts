import type { Clock } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import type { Health } from '../contract.ts';
import { readHostGroups } from './environments.ts';
import type { Viewer } from './scope.ts';

/** What a console says of itself. */
export interface RunningConsole {
  readonly version: string;
  readonly startedAt: string;
}

/** Answers `getHealth`: every figure is measured now. */
export async function readHealth(
  { store, clock, running }: { readonly store: Store; readonly clock: Clock; readonly running: RunningConsole },
  viewer: Viewer,
): Promise<Health> {
  const asked = performance.now();
  const { version, bytes, work } = await store.health();
  const milliseconds = performance.now() - asked;
  const groups = await readHostGroups(store, viewer);
  return {
    ...running,
    measuredAt: clock().toISOString(),
    store: { version, bytes, milliseconds },
    work,
    hosts: {
      all: groups.reduce((sum, { hosts }) => sum + hosts, 0),
      away: groups.reduce((sum, { stale }) => sum + stale, 0),
    },
  };
}
