import type { ProtectionCounts } from '#inventory/contract.ts';
import type { HostSensor, SensorFact } from './contract.ts';

export interface HostEvidence {
  /** Whether its agent is away or revoked. */
  readonly stale: boolean;
  /** Missing: its agent never reported a sensor. */
  readonly sensor: SensorFact['state'] | undefined;
  readonly containers: ProtectionCounts;
}

/** How a host is protected: what is unknown comes first, then its worst container. Pure. */
export function hostProtection({ stale, sensor, containers }: HostEvidence): HostSensor['protection'] {
  if (stale || sensor !== 'working' || containers.unknown > 0) return 'unknown';
  if (containers.unprotected > 0) return 'unprotected';
  if (containers.partly > 0) return 'partly';
  if (containers.protected > 0) return 'prevents';
  return containers.watched > 0 ? 'watches' : 'idle';
}
