import { type Field, known } from '#base/index.ts';
import type { ContainerShape } from '../container-shape.ts';
import type { EngineContext } from './engine-document.ts';
import { both, mapped, flatMapped, valueOf } from './member.ts';

/** What bounds a container. */
export function resourceFields(context: EngineContext) {
  const { host } = context.document;
  return {
    memory: valueOf(host.Memory, (bytes) => Math.max(bytes, 0), 0),
    memorySwap: valueOf(host.MemorySwap, (bytes) => bytes, 0),
    cpu: cpuOf(context),
    pids: valueOf(host.PidsLimit, (most) => Math.max(most, 0), 0),
    limits: limitsOf(context),
    oom: both(host.OomKillDisable, host.OomScoreAdj, (disabled, score) => ({
      killer: disabled === true ? ('off' as const) : ('on' as const),
      score: score ?? 0,
    })),
    restart: valueOf(
      host.RestartPolicy,
      ({ Name, MaximumRetryCount }) => ({ policy: named(Name ?? ''), retries: MaximumRetryCount ?? 0 }),
      { policy: 'no', retries: 0 },
    ),
    deviceRequests: valueOf(
      host.DeviceRequests,
      (requests) => requests.map(({ Driver, DeviceIDs }) => ({ driver: Driver ?? '', ids: DeviceIDs ?? [] })),
      [],
    ),
  };
}

function named(policy: string): string {
  return policy === '' ? 'no' : policy;
}

/** The kernel's period where none is named, in microseconds. */
const usualPeriod = 100_000;

function cpuOf({ document: { host } }: EngineContext): Field<ContainerShape['cpu']> {
  const byQuota = both(host.CpuQuota, host.CpuPeriod, (quota, period) =>
    (quota ?? 0) > 0
      ? (quota ?? 0) / (period !== null && period !== undefined && period > 0 ? period : usualPeriod)
      : 0,
  );
  const most = both(host.NanoCpus, byQuota, (nano, quota) => ((nano ?? 0) > 0 ? (nano ?? 0) / 1e9 : quota));
  return both(most, host.CpuShares, (cpus, weight) => ({ most: cpus, weight: weight ?? 0 }));
}

/** The container's own, with those that the engine sets for each; nobody needs to ask for those where both are there. */
function limitsOf({ document, around }: EngineContext): Field<readonly string[]> {
  const own = valueOf(document.host.Ulimits, (limits) => limits.map(({ Name }) => Name), []);
  return flatMapped(own, (names) =>
    judgedLimits.every((name) => names.includes(name))
      ? known(names, 'HostConfig.Ulimits')
      : mapped(around.facts.limits, (engine) => [...new Set([...names, ...engine])]),
  );
}

export const judgedLimits: readonly string[] = ['nofile', 'nproc'];
