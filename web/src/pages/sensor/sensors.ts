import { useQuery } from '@tanstack/react-query';
import type { ReplyOf } from '#http/index.ts';
import { getProtection, type HostSensor, listSensors } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey, useEnvironment } from '../../app/environment.ts';
import { isProtected } from './sensor-words.ts';

/** How each host is protected, by its name; missing until it is there. */
export type Sensors = ReadonlyMap<string, HostSensor>;

interface SensorsRead {
  readonly sensors: Sensors | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
}

export function useSensors(): SensorsRead {
  const { data, error, refetch } = useQuery(reading(listSensors));
  return {
    sensors: data && new Map(data.sensors.map((one) => [one.host, one])),
    error,
    refetch: () => void refetch(),
  };
}

/** How many hosts of an environment are not known to be protected as rules ask; missing: not known yet. */
export function useUnprotected(environment: string | undefined): number | undefined {
  const { sensors } = useSensors();
  if (sensors === undefined) return undefined;
  const here = [...sensors.values()].filter(
    (one) => environment === undefined || environmentKey(one.environment) === environment,
  );
  return here.filter((one) => !isProtected(one)).length;
}

/** Running containers of this environment by how they are protected; missing: not known yet. */
export function useProtection(): ReplyOf<typeof getProtection> | undefined {
  return useProtectionReading().protection;
}

/** The same, and whether it is on the way still. */
export function useProtectionReading(): {
  readonly protection: ReplyOf<typeof getProtection> | undefined;
  readonly isPending: boolean;
} {
  const { data, isPending } = useQuery(reading(getProtection, { query: { environment: useEnvironment() } }));
  return { protection: data, isPending };
}
