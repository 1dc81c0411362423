import type { HostSensor, SensorFact } from '#runtime/contract.ts';
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
  const standing = protectionOf(sensor);
  const waiting = sensor.told && waitingOf(sensor.told.sensor);
  if (standing.state === 'unknown' || waiting === undefined || !sensor.eventsLate) return standing;
  return { ...standing, state: 'partly', sentence: `${standing.sentence} ${waiting.sentence}` };
}

/** What waits on a host to be kept by its agent. */
export interface Waiting {
  /** A few words. */
  readonly word: string;
  readonly sentence: string;
}

/** Events that the agent has not kept for seconds, in words; missing: all are. */
export function waitingOf({ unacknowledged, failingSave }: SensorFact): Waiting | undefined {
  if (failingSave !== undefined) {
    const sentence = `Its agent cannot write for ${duration(failingSave.seconds)}: ${failingSave.reason}. Free or mend the disk of its state folder; it tries again by itself.`;
    return { word: `cannot write for ${duration(failingSave.seconds)}`, sentence };
  }
  if (unacknowledged === undefined) return undefined;
  const wait = duration(unacknowledged.seconds);
  const sentence = `Its agent has not kept an event for ${wait}: alerts of its containers may be late. Look at the agent's log.`;
  return { word: `events wait ${wait}`, sentence };
}

function duration(seconds: number): string {
  if (seconds < 60) return `over ${seconds} s`;
  return seconds < 3600 ? `over ${Math.floor(seconds / 60)} min` : `over ${Math.floor(seconds / 3600)} h`;
}

/** What it can stop, or why that is not known. */
function protectionOf(sensor: HostSensor): Standing {
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
