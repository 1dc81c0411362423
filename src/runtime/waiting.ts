import type { SensorFact } from './contract.ts';

/** Seconds after which an event that waits to be kept, or a save that fails, is an incident. */
const longestWait = 30;

/** Whether events of a host wait for too long, or its agent cannot write for too long. Pure. */
export function isWaitingTooLong({ unacknowledged, failingSave }: SensorFact): boolean {
  return [unacknowledged, failingSave].some((one) => one !== undefined && one.seconds >= longestWait);
}
