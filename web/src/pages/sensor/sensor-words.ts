import type { HostSensor } from '#runtime/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How a host's protection is marked and called. */
export interface Standing {
  readonly state: MarkState;
  readonly word: string;
  /** What follows from it, or why it is not known and what to do. */
  readonly sentence: string;
}

/** What protects a host, in words. */
export function standingOf(sensor: HostSensor): Standing {
  switch (sensor.protection) {
    case 'prevents':
      return { state: 'pass', word: 'Prevents', sentence: `Stops ${sensor.stops.join(' and ')} that a rule forbids.` };
    case 'watches':
      return {
        state: 'partly',
        word: 'Watches',
        sentence:
          'Sees what containers do and tells of it, but cannot stop anything: the kernel lacks what that needs.',
      };
    case 'unknown':
      return { state: 'unknown', ...whyUnknown(sensor) };
  }
}

function whyUnknown({ stale, told }: HostSensor): Pick<Standing, 'word' | 'sentence'> {
  if (stale) {
    return {
      word: 'Not known',
      sentence:
        'Its agent is away or revoked. A sensor goes on without it, by the rules that it had last. Start the agent.',
    };
  }
  if (told === undefined) {
    return {
      word: 'Not known',
      sentence: 'Its agent has told of no sensor. If it was started with --no-runtime, start it without.',
    };
  }
  const { state, reason } = told.sensor;
  if (state === 'missing') return { word: 'No sensor', sentence: reason ?? 'There is none, and none can be started.' };
  return { word: 'Sensor away', sentence: reason ?? 'It does not answer. Its agent tries again by itself.' };
}
