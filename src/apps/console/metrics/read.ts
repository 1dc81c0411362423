import { countSessions, readBackups } from '#access/console/index.ts';
import type { Clock } from '#base/index.ts';
import { countAgents } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { readDatabaseState } from '#vulnerability/console/index.ts';
import { version } from '../../cli/version.ts';
import type { Sample } from '../../metrics/metric.ts';
import type { ConsoleMetric } from './list.ts';

export interface Measured {
  readonly store: Store;
  readonly clock: Clock;
  readonly endedByLimits: () => number;
}

type StoreHealth = Awaited<ReturnType<Store['health']>>;
type Samples = readonly Sample<ConsoleMetric>[];

const mostFeeds = 200;

/** What the console knows of itself now. Without its database it says what it knows without one. */
export async function readConsoleSamples(measured: Measured): Promise<Samples> {
  const own = ownSamples(measured);
  const health = await measured.store.health().catch(() => undefined);
  if (health === undefined) return [...own, { name: 'seawall_database_up', value: 0 }];
  return [...own, { name: 'seawall_database_up', value: 1 }, ...(await storedSamples(measured, health))];
}

function ownSamples({ store, endedByLimits }: Measured): Samples {
  return [
    { name: 'seawall_build_info', value: 1, labels: { version } },
    { name: 'seawall_tasks_ended_by_limits_total', value: endedByLimits() },
    ...Object.entries(store.sessions()).flatMap(
      ([use, { open, idle, most, waiting }]): Samples => [
        { name: 'seawall_database_sessions', value: open - idle, labels: { use, state: 'busy' } },
        { name: 'seawall_database_sessions', value: idle, labels: { use, state: 'idle' } },
        { name: 'seawall_database_sessions_max', value: most, labels: { use } },
        { name: 'seawall_database_sessions_waiting', value: waiting, labels: { use } },
      ],
    ),
  ];
}

async function storedSamples(measured: Measured, { bytes, work }: StoreHealth): Promise<Samples> {
  const { store, clock } = measured;
  const agents = await countAgents(store);
  const sessions = await countSessions(measured);
  const database = await readDatabaseState(store, clock());
  const { goodAt } = await readBackups(store, clock());
  return [
    { name: 'seawall_database_bytes', value: bytes },
    { name: 'seawall_jobs_waiting', value: work.waiting },
    { name: 'seawall_jobs_retrying', value: work.retrying },
    { name: 'seawall_jobs_failed', value: work.failed },
    { name: 'seawall_jobs_oldest_age_seconds', value: work.oldestSeconds ?? 0 },
    { name: 'seawall_sessions', value: sessions },
    ...Object.entries(agents).map(([state, value]) => ({ name: 'seawall_agents' as const, value, labels: { state } })),
    ...(database.state === 'ready' ? feedSamples(database.info) : []),
    ...(goodAt === undefined
      ? []
      : [{ name: 'seawall_backup_last_success_timestamp_seconds' as const, value: goodAt.getTime() / 1000 }]),
  ];
}

interface DatabaseAge {
  readonly builtAt: string;
  readonly sources: readonly { readonly id: string; readonly asOf?: string | undefined }[];
}

function feedSamples({ builtAt, sources }: DatabaseAge): Samples {
  return [
    { name: 'seawall_vulnerability_database_built_timestamp_seconds', value: Date.parse(builtAt) / 1000 },
    ...sources
      .slice(0, mostFeeds)
      .flatMap(
        ({ id, asOf }): Samples =>
          asOf === undefined
            ? []
            : [{ name: 'seawall_feed_timestamp_seconds', value: Date.parse(asOf) / 1000, labels: { feed: id } }],
      ),
  ];
}
