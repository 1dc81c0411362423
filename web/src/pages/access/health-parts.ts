import type { LinkProps } from '@tanstack/react-router';
import type { Health } from '#explorer/contract.ts';
import type { HostSensor } from '#runtime/contract.ts';
import { type DatabaseReply, feedSentence, feedStateOf } from '../../app/feed-sentence.ts';
import { bytes, count, counted, span } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** One part of the product, and how it was at the last measurement. */
export interface HealthPart {
  readonly name: string;
  readonly state: MarkState;
  readonly words: string;
  readonly link?: LinkProps;
}

/** What was measured; what is missing is not known. */
export interface Measured {
  readonly health: Health | undefined;
  readonly database: DatabaseReply | undefined;
  readonly sensors: readonly HostSensor[] | undefined;
}

/** A database that takes longer than this many milliseconds, and a job that waits longer than this many seconds, is late. */
const slow = { milliseconds: 1000, seconds: 60 };
const order: readonly MarkState[] = ['unknown', 'fail', 'stopped', 'partly', 'pass'];

/** All parts: what is unknown first, then what is broken, late and well. */
export function partsOf({ health, database, sensors }: Measured, now: Date): readonly HealthPart[] {
  const parts = [
    // Whoever sees a part of the estate is not told of these.
    ...(health !== undefined && health.store === undefined ? [] : [storePart(health?.store)]),
    ...(health !== undefined && health.work === undefined ? [] : [workPart(health?.work)]),
    ...(health !== undefined && health.backups === undefined ? [] : [backupsPart(health?.backups, now)]),
    agentsPart(health?.hosts),
    sensorsPart(sensors),
    feedsPart(database, now),
  ];
  return parts.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
}

const notMeasured = { state: 'unknown', words: 'The console did not answer.' } as const;

function storePart(store: Health['store'] | undefined): HealthPart {
  const name = 'Database';
  if (store === undefined) return { name, ...notMeasured };
  const late = store.milliseconds > slow.milliseconds;
  const took = late ? span(store.milliseconds) : `${Math.max(1, Math.round(store.milliseconds))} ms`;
  const words = `PostgreSQL ${store.version} answered in ${took}; ${bytes(store.bytes)} on disk.`;
  return { name, state: late ? 'partly' : 'pass', words };
}

function workPart(work: Health['work'] | undefined): HealthPart {
  const name = 'Job queue';
  if (work === undefined) return { name, ...notMeasured };
  const { waiting, retrying, failed, oldestSeconds = 0 } = work;
  const late = oldestSeconds > slow.seconds;
  const words = [
    ...(failed > 0 ? [`${counted(failed, 'job')} failed for good in 24 hours; the console's log says why.`] : []),
    ...(retrying > 0 ? [`${counted(retrying, 'job')} failed and will be tried again.`] : []),
    waiting + retrying === 0
      ? 'No job waits.'
      : `${counted(waiting, 'job waits', 'jobs wait')}, the oldest for ${span(oldestSeconds * 1000)}.`,
  ];
  return { name, state: failed > 0 ? 'fail' : late || retrying > 0 ? 'partly' : 'pass', words: words.join(' ') };
}

function backupsPart(backups: Health['backups'] | undefined, now: Date): HealthPart {
  const name = 'Backups';
  if (backups === undefined) return { name, ...notMeasured };
  const { state, goodAt, bytes: size = 0, failed } = backups;
  const last =
    goodAt === undefined
      ? 'There is no backup yet.'
      : `The last good one is ${span(now.getTime() - Date.parse(goodAt))} old`;
  const words = goodAt === undefined ? last : `${last}, ${bytes(size)}, read back whole.`;
  switch (state) {
    case 'off':
      return { name, state: 'unknown', words: `${words} None is scheduled; SEAWALL_BACKUP_DIR names where they go.` };
    case 'none':
      return { name, state: 'unknown', words };
    case 'failed':
      return { name, state: 'fail', words: `${words} The one after it failed: ${failed?.reason ?? 'unknown'}` };
    case 'overdue':
      return { name, state: 'fail', words: `Overdue. ${words}` };
    case 'good':
      return { name, state: 'pass', words };
  }
}

function agentsPart(hosts: Health['hosts'] | undefined): HealthPart {
  const name = 'Agents';
  if (hosts === undefined) return { name, ...notMeasured };
  const { all, away } = hosts;
  if (all === 0) return { name, state: 'unknown', words: 'No host reports to this console.', link: { to: '/hosts' } };
  if (away === 0) return { name, state: 'pass', words: `All ${count(all)} hosts report.`, link: { to: '/hosts' } };
  return {
    name,
    state: 'unknown',
    words: `${count(away)} of ${counted(all, 'host')} ${away === 1 ? 'is' : 'are'} away.`,
    link: { to: '/hosts', search: { state: 'away' } },
  };
}

function sensorsPart(sensors: readonly HostSensor[] | undefined): HealthPart {
  const name = 'Sensors';
  if (sensors === undefined) return { name, ...notMeasured };
  if (sensors.length === 0)
    return { name, state: 'unknown', words: 'No host reports a sensor.', link: { to: '/hosts' } };
  const silent = sensors.filter(({ protection }) => protection === 'unknown').length;
  if (silent === 0) return { name, state: 'pass', words: `All ${count(sensors.length)} sensors report.` };
  return {
    name,
    state: 'unknown',
    words: `On ${count(silent)} of ${counted(sensors.length, 'host')} the protection is unknown.`,
    link: { to: '/hosts', search: { state: 'unprotected' } },
  };
}

function feedsPart(database: DatabaseReply | undefined, now: Date): HealthPart {
  const name = 'Vulnerability feeds';
  const link: LinkProps = { to: '/feeds' };
  if (database === undefined) return { name, ...notMeasured };
  const words = `${feedSentence(database, now)}.`;
  if (database.state !== 'ready') return { name, state: 'unknown', words, link };
  if (database.trouble !== undefined) return { name, state: 'fail', words: `${words} ${database.trouble}`, link };
  const states = new Set(database.info.sources.map((feed) => feedStateOf(feed, now)));
  return { name, state: states.has('undated') ? 'unknown' : states.has('stale') ? 'partly' : 'pass', words, link };
}
