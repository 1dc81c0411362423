import { useQuery } from '@tanstack/react-query';
import { type HostSensor, listSensors } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { environmentKey } from '../../app/environment.ts';

/** What protects each host, by its name; missing until it is there. */
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

/** How many hosts of an environment no working sensor protects; missing: not known yet. */
export function useUnprotected(environment: string | undefined): number | undefined {
  const { sensors } = useSensors();
  if (sensors === undefined) return undefined;
  const here = [...sensors.values()].filter(
    (one) => environment === undefined || environmentKey(one.environment) === environment,
  );
  return here.filter((one) => !isProtected(one)).length;
}

/** Whether a sensor works there as far as is known now. */
export function isProtected(sensor: HostSensor | undefined): boolean {
  return sensor !== undefined && sensor.protection !== 'unknown';
}
