import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { type Detection, getModel, listAlerts, listModels, listSensors, type ModelSummary } from '#runtime/contract.ts';
import { childrenOf, treeBytes } from '../../journeys/seawall.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { parentOf } from '../processes.ts';
import { sensors } from '../sensors.ts';
import { type ShortImage, shortImages } from './churn-images.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

/** Short containers of the trial, one of each image at least: less than a minute of them in CI, an hour in the long form. */
const containers = Number(process.env['SEAWALL_LAB_CHURN'] ?? 60);
const containersAnHour = 4000;
const mostOfShortTrial = 60;
const imageCount = 20;
/** Short containers that run at once at most; those beyond begin late. */
const mostAtOnce = 16;

/** Seconds between two programs that are not the image's, and until the console has the alert of one. */
const [probeEvery, latestAlert, alertIsMissing] = [4, 2, 60];
/** Seconds for an alert of a sensor that is not there. */
const unarmedPatience = 5;
/** So many missing alerts in a row end the trial. */
const mostMissing = 3;
/** Late alerts that the result lists, the slowest first. */
const mostListed = 20;
const mostMegabytes = 150;

/** Much that comes and goes, beside something that stays. */
export const churnCases: readonly LabCase<Dock>[] = [
  {
    id: 'C1',
    title: `${containers} short containers of ${imageCount} images, ${containersAnHour} an hour: alerts of another take at most ${latestAlert} s, the agent stays small, no model is partial without cause`,
    protectedBy: 'the sensor with a rule that alerts',
    isLongDisarmed: true,
    minutes: Math.ceil((containers / containersAnHour) * 90) + 10,
    async run(dock) {
      const images = shortImages(imageCount);
      for (const { bytes } of images) await dock.pier.engine.load(bytes);
      await dock.rule({ drift: 'alert', code: 'alert', process: 'alert' });
      const steady = await dock.nginx();
      try {
        if (dock.armed) await watched(dock, steady.id);
        const since = new Date();
        const trial = await bestTrial(dock, images, steady.id);
        const memory = await memoryAtEnd(dock);
        const models = await modelsOf(dock, images);
        const found = [...trial.found, ...models.found, ...(await falseAlarms(dock, since, steady.id))];
        if (memory.agent > mostMegabytes) found.push(`the agent takes ${memory.agent} MB`);
        const figures = [trial.figures, `${memoryWords(memory)} (PSS)`, models.figures];
        expectThat(found.length === 0, [...found, ...figures].join('; '));
        return figures.join('; ');
      } finally {
        await dock.pier.docker('rm', '-f', steady.id);
        await dock.rule({});
        if (dock.armed) await preventedAgain(dock);
        dock.wasMarked();
      }
    },
  },
];

/** Waits until a program that is not the image's raises an alert: image and rule are known on the host. */
async function watched(dock: Dock, container: string): Promise<void> {
  const since = new Date();
  const isThere = async (): Promise<boolean> => {
    await dock.inside(container, 'sh', '-c', 'cp /mark/intruder /opt/first; /opt/first');
    return (await dock.alerts(container, since)).length > 0;
  };
  await until('the first alert', isThere, { seconds: 120, every: 1000 });
}

/** Waits until the lab's own rule is back on the host: other cases go by it. */
async function preventedAgain(dock: Dock): Promise<void> {
  const { nginx } = await learnedServers(dock);
  const isRefused = async (): Promise<boolean> => {
    await dock.inside(nginx.id, 'env', 'MARK=/mark/ran', 'sh', '-c', 'cp /mark/intruder /opt/again; /opt/again');
    return !dock.wasMarked();
  };
  await until('the rule that prevents', isRefused, { seconds: 30, every: 500 });
}

/** Of a trial of less than a minute the better of two counts, since what else the machine does only adds; both are told. */
async function bestTrial(dock: Dock, images: readonly ShortImage[], steady: string): Promise<Part> {
  const first = await churnBesideProbes(dock, images, steady);
  if (first.found.length === 0 || !dock.armed || containers > mostOfShortTrial) return first;
  dock.say(`the trial is made once more: ${[...first.found, first.figures].join('; ')}`);
  return await churnBesideProbes(dock, images, steady);
}

interface Part {
  /** What is not as it has to be. */
  readonly found: readonly string[];
  readonly figures: string;
}

async function churnBesideProbes(dock: Dock, images: readonly ShortImage[], steady: string): Promise<Part> {
  const stop = new AbortController();
  const churning = churn(dock, images, stop.signal).finally(() => stop.abort());
  const probing = probe(dock, steady, stop);
  const [pace, probes] = await Promise.all([churning, probing]);
  return { found: [...pace.found, ...probes.found], figures: `${pace.figures}; ${probes.figures}` };
}

/** Starts short containers at an even pace, whether or not earlier ones have ended, until all ran or it is stopped. */
async function churn({ pier, say }: Dock, images: readonly ShortImage[], stop: AbortSignal): Promise<Part> {
  const running = new Set<Promise<unknown>>();
  const failures: string[] = [];
  const [lags, lives]: [number[], number[]] = [[], []];
  const began = performance.now();
  let due = began;
  const secondsSince = (time: number): number => (performance.now() - time) / 1000;
  while (lags.length < containers && !stop.aborted) {
    await pause(due - performance.now());
    while (running.size >= mostAtOnce) await Promise.race(running);
    lags.push(secondsSince(due));
    // What is late is not made up for: more at once than the pace says would be another load.
    due = Math.max(due, performance.now() - 1000) + 3_600_000 / containersAnHour;
    const image = images[lags.length % images.length]?.name ?? '';
    const started = performance.now();
    const one = pier
      .docker('run', '--rm', '--network', 'none', image)
      .then(() => lives.push(secondsSince(started)))
      .catch((error: unknown) => failures.push(String(error)))
      .finally(() => running.delete(one));
    running.add(one);
    if (lags.length % 100 === 0) say(`${lags.length} short containers after ${secondsSince(began).toFixed(0)} s`);
  }
  await Promise.all(running);
  const behind = lags.filter((lag) => lag > 1).length;
  const took = secondsSince(began);
  return {
    found: failures.length === 0 ? [] : [`${failures.length} short containers failed: ${failures[0]}`],
    figures: `${lives.length} short containers in ${took.toFixed(0)} s, a run took ${spread(lives)}, ${behind} began more than 1 s late, at most ${Math.max(0, ...lags).toFixed(1)} s`,
  };
}

interface Probe {
  /** Seconds; missing: the alert never came. */
  readonly delay?: number;
  /** Load average of the machine in the last minute. */
  readonly load: number;
  /** Seconds for which agent and console together had work and no processor, while the alert was awaited. */
  readonly starved: number;
}

/** Runs programs that are not the image's, and measures their alerts, until it is stopped; stops when too many are missing. */
async function probe(dock: Dock, container: string, stop: AbortController): Promise<Part> {
  const probes: Probe[] = [];
  const areMissing = (): boolean =>
    probes.length >= mostMissing && probes.slice(-mostMissing).every(({ delay }) => delay === undefined);
  while (!stop.signal.aborted) {
    const next = performance.now() + probeEvery * 1000;
    const before = starvedSeconds(dock);
    const delay = await delayOfAlert(dock, container, probes.length + 1).catch((error: Error) =>
      dock.say(error.message),
    );
    const starved = starvedSeconds(dock) - before;
    const one: Probe = { load: loadavg()[0] ?? 0, starved, ...(typeof delay === 'number' && { delay }) };
    probes.push(one);
    if (!isInTime(one)) dock.say(`alert ${probes.length}: ${wordsOf(one)}`);
    if (probes.length % 25 === 0) {
      dock.say(`${probes.length} alerts, the last ${wordsOf(one)}; ${memoryWords(memoryOf(dock))}`);
    }
    if (areMissing()) stop.abort();
    await pause(next - performance.now(), stop.signal);
  }
  const bad = probes.filter((one) => !isInTime(one)).toSorted((one, other) => lateness(other) - lateness(one));
  const delays = probes.flatMap(({ delay }) => delay ?? []);
  return {
    found:
      bad.length === 0
        ? []
        : [`${bad.length} alerts are late or missing: ${bad.slice(0, mostListed).map(wordsOf).join('; ')}`],
    figures: `${delays.length} of ${probes.length} alerts of the other container came, which took ${spread(delays)}`,
  };
}

function isInTime(one: Probe): boolean {
  return lateness(one) <= latestAlert;
}

function lateness({ delay }: Probe): number {
  return delay ?? Number.POSITIVE_INFINITY;
}

function wordsOf({ delay, load, starved }: Probe): string {
  const came = delay === undefined ? 'missing' : `${delay.toFixed(1)} s`;
  return `${came} at load ${load.toFixed(1)}, ${starved.toFixed(1)} s without a processor`;
}

/** How long the main threads of agent and console had to wait for a processor so far (proc(5), schedstat). */
function starvedSeconds({ pier, console }: Dock): number {
  const nanoseconds = [pier.agentPid(), console().pid].map((pid) =>
    Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]),
  );
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}

/** Seconds from the run of a program that is not the image's until the console has its alert; the container's clock says when. */
async function delayOfAlert(dock: Dock, container: string, number: number): Promise<number> {
  const path = `/opt/churn-${number}`;
  const since = new Date();
  const script = `rm -f /opt/churn-*; cp /mark/intruder ${path}; date +%s%N; ${path}`;
  const isThere = async (): Promise<number | false> =>
    (await dock.alerts(container, since)).some(({ process }) => process.path === path) && Date.now();
  const [{ output }, seenAt] = await Promise.all([
    dock.inside(container, 'sh', '-c', script),
    until(`the alert of ${path}`, isThere, { seconds: dock.armed ? alertIsMissing : unarmedPatience }),
  ]);
  const ranAt = Number(/^(\d{13})\d{6}$/mu.exec(output)?.[1]);
  expectThat(Number.isFinite(ranAt), `it did not run: ${output}`);
  return (seenAt - ranAt) / 1000;
}

/** Megabytes (PSS). */
interface Memory {
  /** With the processes that it started, but for the sensor. */
  readonly agent: number;
  readonly sensor: number;
  /** What these processes run, as far as it tells them apart. */
  readonly children: readonly string[];
}

function memoryOf({ pier }: Dock): Memory {
  const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);
  const agent = pier.agentPid();
  const sensor = sensors(pier.name).map((pid) => ({ pid, bytes: treeBytes(pid), below: parentOf(pid) }));
  const sum = (all: typeof sensor): number => all.reduce((total, { bytes }) => total + bytes, 0);
  return {
    agent: megabytes(treeBytes(agent) - sum(sensor.filter(({ below }) => below === agent))),
    sensor: megabytes(sum(sensor)),
    children: childrenOf(agent)
      .filter((child) => !sensor.some(({ pid }) => pid === child))
      .map(commandOf),
  };
}

/** What a program of Seawall does, and to what: `catalog dir:/`. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).slice(2, 4).join(' ');
  } catch {
    return 'ended';
  }
}

/** Seconds for a scan to end: every ten minutes a child process of the agent scans the host's own file system. */
const longestScan = 300;

/** Once no scan runs; whatever still runs after that counts. */
async function memoryAtEnd(dock: Dock): Promise<Memory> {
  const isQuiet = async (): Promise<boolean> => memoryOf(dock).children.length === 0;
  await until('the end of what the agent started', isQuiet, { seconds: longestScan, every: 1000 }).catch(() => false);
  return memoryOf(dock);
}

function memoryWords({ agent, sensor, children }: Memory): string {
  const beside = children.length === 0 ? '' : ` with ${children.join(', ')}`;
  return `agent ${agent} MB${beside}, sensor ${sensor} MB`;
}

/** Alerts of containers that ran nothing but their image's programs. */
async function falseAlarms(dock: Dock, since: Date, steady: string): Promise<readonly string[]> {
  const { alerts } = await dock.ask(listAlerts, { query: { since: since.toISOString(), limit: 1000 } });
  const others = alerts.filter(({ container }: Detection) => container.id !== steady);
  const [first] = others;
  return first === undefined ? [] : [`${others.length} alerts of short containers: ${first.message}`];
}

/** Each image that ran has a model, and each that is partial a cause for that. */
async function modelsOf(dock: Dock, images: readonly ShortImage[]): Promise<Part> {
  const ran = images.slice(0, containers);
  const list = async (): Promise<readonly ModelSummary[]> =>
    (await dock.ask(listModels, { query: { limit: 500 } })).models;
  const isWhole = async (): Promise<boolean> => {
    const digests = new Set<string>((await list()).map(({ key }) => key.digest));
    return ran.every(({ digest }) => digests.has(digest));
  };
  const found = await until('a model of each image', isWhole, { seconds: 20 }).then(
    () => [],
    (error: Error) => [error.message],
  );
  const models = await list();
  const partial = models.filter((model) => model.partial);
  const causes = await Promise.all(partial.map((model) => causeOf(dock, model)));
  const withCause = causes.filter((cause) => cause !== undefined);
  const without = partial.filter((_, at) => causes[at] === undefined).map(({ names, id }) => names[0] ?? id);
  const words = [...new Set(withCause)].map(
    (one) => `, ${withCause.filter((cause) => cause === one).length} as ${one}`,
  );
  const active = models.filter(({ state }) => state === 'active').length;
  return {
    found: [...found, ...(without.length === 0 ? [] : [`models partial without cause: ${without.join(', ')}`])],
    figures: `${models.length} models, ${active} active, ${partial.length} partial${words.join('')}`,
  };
}

/**
 * Why a model is partial. That no start was seen is no cause here: all began while the sensor watched. Neither are events
 * that nobody counted as lost.
 */
async function causeOf(dock: Dock, { id }: ModelSummary): Promise<string | undefined> {
  const { evidence } = (await dock.ask(getModel, { params: { id } })).model;
  if (evidence.lateStart) return undefined;
  const { lost = 0, throttled = 0 } = (await dock.ask(listSensors)).sensors[0]?.reported?.sensor ?? {};
  return lost + throttled > 0 ? `the sensor lost ${lost} events and throttled ${throttled}` : undefined;
}

function spread(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(2);
  return sorted.length === 0 ? 'no time' : `${at(0.5)} s at the median and ${at(1)} s at most`;
}

async function pause(milliseconds: number, stop?: AbortSignal): Promise<void> {
  if (stop?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, milliseconds));
    stop?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
