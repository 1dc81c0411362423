import { readBackups } from '#access/console/index.ts';
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

async function measureStore(store: Store): Promise<Pick<Health, 'store' | 'work'>> {
  const asked = performance.now();
  const { version, bytes, work } = await store.health();
  return { store: { version, bytes, milliseconds: performance.now() - asked }, work };
}

async function backupsOf(store: Store, now: Date): Promise<Pick<Health, 'backups'>> {
  const { state, goodAt, file, bytes, failed } = await readBackups(store, now);
  return {
    backups: {
      state,
      ...(goodAt !== undefined && { goodAt: goodAt.toISOString() }),
      ...(file !== undefined && { file }),
      ...(bytes !== undefined && { bytes }),
      ...(failed !== undefined && { failed: { at: failed.at.toISOString(), reason: failed.reason } }),
    },
  };
}

/** Answers `getHealth`: every figure is measured now. */
export async function readHealth(
  { store, clock, running }: { readonly store: Store; readonly clock: Clock; readonly running: RunningConsole },
  viewer: Viewer,
): Promise<Health> {
  const groups = await readHostGroups(store, viewer);
  return {
    ...running,
    measuredAt: clock().toISOString(),
    ...(viewer?.collections === undefined
      ? { ...(await measureStore(store)), ...(await backupsOf(store, clock())) }
      : {}),
    hosts: {
      all: groups.reduce((sum, { hosts }) => sum + hosts, 0),
      away: groups.reduce((sum, { stale }) => sum + stale, 0),
    },
  };
}
