import type { HostSensor, SensorFact } from '#runtime/contract.ts';
import { counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How a host's protection is marked and called. */
export interface Status {
  readonly state: MarkState;
  readonly word: string;
  /** What follows from it, or why it is not known and what to do. */
  readonly sentence: string;
}

/** How a host is protected, in words, by what its sensor reported of its containers. */
export function statusOf(sensor: HostSensor): Status {
  const status = protectionOf(sensor);
  const waiting = sensor.reported && waitingOf(sensor.reported.sensor);
  if (status.state === 'unknown' || waiting === undefined || !sensor.eventsLate) return status;
  const state = status.state === 'pass' ? 'partly' : status.state;
  return { ...status, state, sentence: `${status.sentence} ${waiting.sentence}` };
}

/** Whether nothing there lacks what its rule asks for, as far as its sensor reported. */
export function isProtected(sensor: HostSensor | undefined): boolean {
  switch (sensor?.protection) {
    case undefined:
    case 'unknown':
    case 'unprotected':
    case 'partly':
      return false;
    case 'prevents':
    case 'watches':
    case 'idle':
      return true;
  }
}

/** Hosts on which something lacks what its rule asks for, and how many of them are unknown instead. */
export interface LackingHosts {
  readonly all: number;
  readonly unknown: number;
}

/** A host without a sensor is unknown. */
export function lackingHosts(sensors: readonly (HostSensor | undefined)[]): LackingHosts {
  const lacking = sensors.filter((one) => !isProtected(one));
  return { all: lacking.length, unknown: lacking.filter((one) => (one?.protection ?? 'unknown') === 'unknown').length };
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

/** Hosts whose events wait for too long, in a sentence; missing: there are none. */
export function lateSentence(sensors: readonly HostSensor[]): string | undefined {
  const late = sensors.filter(({ eventsLate }) => eventsLate);
  if (late.length === 0) return undefined;
  const where = late.length === 1 ? late[0]?.host : counted(late.length, 'host');
  return `Events of ${where} wait to be kept: alerts may be late or missing.`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `over ${seconds} s`;
  return seconds < 3600 ? `over ${Math.floor(seconds / 60)} min` : `over ${Math.floor(seconds / 3600)} h`;
}

/** What it can stop, or why that is not known. */
function protectionOf(sensor: HostSensor): Status {
  const { containers, stops } = sensor;
  switch (sensor.protection) {
    case 'unknown':
      return { state: 'unknown', ...whyUnknown(sensor) };
    case 'unprotected':
      return {
        state: 'fail',
        word: 'Not protected',
        sentence: `${counted(containers.unprotected, 'running container is not protected as its rule asks', 'running containers are not protected as their rules ask')}.`,
      };
    case 'partly':
      return {
        state: 'partly',
        word: 'Partly protected',
        sentence: `${counted(containers.partly, 'running container is', 'running containers are')} protected in part only.`,
      };
    case 'prevents':
      return {
        state: 'pass',
        word: 'Prevents',
        sentence: `${counted(containers.protected, 'running container is armed with what its rule prevents', 'running containers are armed with what their rules prevent')}.`,
      };
    case 'watches':
      return {
        state: 'partly',
        word: 'Watches',
        sentence:
          stops.length === 0
            ? 'Sees what containers do, and can stop nothing: the kernel lacks what that needs.'
            : 'Sees what containers do. No rule prevents anything in those that run.',
      };
    case 'idle':
      return {
        state: 'partly',
        word: 'Nothing runs',
        sentence:
          stops.length === 0
            ? 'No container runs. The sensor can stop nothing: the kernel lacks what that needs.'
            : `No container runs. The sensor can stop ${stops.join(' and ')}.`,
      };
  }
}

function whyUnknown({ stale, reported, containers }: HostSensor): Pick<Status, 'word' | 'sentence'> {
  if (stale) {
    return {
      word: 'Unknown',
      sentence: 'Its agent is away or revoked. Start it: until then its sensor goes on by the rules that it had last.',
    };
  }
  if (reported === undefined) {
    return {
      word: 'Unknown',
      sentence: 'Its agent has reported no sensor. If it was started with --no-runtime, start it without.',
    };
  }
  const { state, reason } = reported.sensor;
  if (state === 'missing') return { word: 'No sensor', sentence: reason ?? 'There is none, and none can be started.' };
  if (state === 'away')
    return { word: 'Sensor away', sentence: reason ?? 'It does not answer. Its agent tries again by itself.' };
  const what = counted(containers.unknown, 'running container is', 'running containers are');
  return { word: 'Unknown', sentence: `${what} of unknown protection; each says why.` };
}
