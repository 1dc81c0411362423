import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listContainers } from '#inventory/contract.ts';
import { listImages } from '#explorer/contract.ts';
import {
  decideEntry,
  type Detection,
  getModel,
  listAlerts,
  listModels,
  listRuntimeRules,
  type ModelSummary,
  putRuntimeRule,
  type RuntimeRuleText,
} from '#runtime/contract.ts';
import { isBeingCorroborated } from '../../../src/runtime/settle.ts';
import { freePort } from '../../make/free-port.ts';
import type { EngineStore } from '../../make/docker.ts';
import { makeIntruders } from '../../make/servers/servers.ts';
import { switchComplianceOff } from '../compliance-off.ts';
import { type Closers, type LabConsole, openLabConsole, openLabHost } from '../lab-console.ts';
import { type LabOptions, until } from '../lab.ts';
import type { Pier } from '../pier.ts';
import { buildImage, loadGround } from './images.ts';
import { type Answer, type Berth, pause, type Service, type Workload } from './workload.ts';

const run = promisify(execFile);

const store: EngineStore = process.env['SEAWALL_LAB_STORE'] === 'containerd' ? 'containerd' : 'docker';

/**
 * Seconds of an hour of learning in this lab. The learning method's limits stay as they are: a model is active after ten
 * quiet ones, within which every workload must have started and done what it does by itself.
 */
const bucketSeconds = Number(process.env['SEAWALL_LAB_BUCKET'] ?? 10);

/** Seconds in which every model must be active, and hold nothing that is not corroborated. */
const learningSeconds = 400;

/** A workload whose container runs. */
export interface Running {
  readonly workload: Workload;
  readonly service: Service;
  readonly id: string;
  readonly marks: string;
  /** Of this container, oldest first. */
  alerts(since: Date): Promise<readonly Detection[]>;
  /** Ids of alerts whose lines a person allowed. */
  readonly decided: ReadonlySet<string>;
  model(): Promise<ModelSummary | undefined>;
}

/** A workload after it learned. */
export interface Learned extends Running {
  readonly seconds: number;
  readonly lines: number;
  /** What was told while it learned. */
  readonly raised: readonly Detection[];
}

/** What the cases work on: workloads that learned side by side under traffic, on a host that prevents from then on. */
export interface Site {
  readonly armed: boolean;
  readonly pier: Pier;
  /** When prevent was switched on. */
  readonly prevents: Date;
  /** The workload of a case; rejects with what kept it from learning. Without a sensor it only runs. */
  of(id: string): Promise<Learned>;
}

/** Sets the site up with the workloads of the cases that are run. */
export async function setUpSite(
  { armed, say, cases }: LabOptions,
  workloads: Readonly<Record<string, Workload>>,
): Promise<{ readonly world: Site; close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const env = { SEAWALL_LEARNING_BUCKET_SECONDS: String(bucketSeconds) };
    const console = await openLabConsole({ say, closers, env });
    await switchComplianceOff(console);
    say(
      `starting an engine and an agent; an hour of learning is ${bucketSeconds} s here, all limits are the usual ones`,
    );
    const words = ['--no-gates', ...(armed ? [] : ['--no-runtime'])];
    const pier = await openLabHost({ name: 'prod', store, words }, console, closers);
    const wanted = Object.entries(workloads).filter(([id]) => cases.includes(id));
    const ground = { armed, say, console, pier };
    const learned = await learnAll(ground, wanted);
    const prevents = new Date();
    if (armed) await prevent(ground, learned);
    const of = async (id: string): Promise<Learned> => {
      const one = learned.get(id);
      if (one === undefined) throw new Error(`${id} is no workload of this run`);
      if (one instanceof Error) throw one;
      return one;
    };
    return { world: { armed, pier, prevents, of }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Scene {
  readonly armed: boolean;
  readonly say: LabOptions['say'];
  readonly console: LabConsole;
  readonly pier: Pier;
}

type Wanted = readonly (readonly [string, Workload])[];

/** Starts all and lets them learn side by side. */
async function learnAll(scene: Scene, wanted: Wanted): Promise<Map<string, Learned | Error>> {
  const { console, armed, say, pier } = scene;
  await saveRule(console, watching);
  say('making the images');
  for (const ground of new Set(wanted.map(([, { ground }]) => ground)))
    if (ground !== 'none') await loadGround(pier, ground);
  const learning: (readonly [string, Promise<Learned | Error>])[] = [];
  for (const [id, workload] of wanted) {
    const port = await freePort();
    const image = await buildImage(pier, workload.name, { port, prepare: workload.prepare });
    const starting = berthed(scene, { workload, port, image });
    learning.push([id, starting.then((one) => learned(scene, one)).catch(asError)]);
  }
  say(`${wanted.length} workloads ${armed ? 'learn' : 'start'}, under traffic`);
  const done = new Map<string, Learned | Error>();
  for (const [id, one] of learning) done.set(id, await one);
  return done;
}

/** Switches prevent on, and waits until every container is shown as protected; one that is not, fails. */
async function prevent({ console, say }: Scene, workloads: Map<string, Learned | Error>): Promise<void> {
  say('switching prevent on');
  await saveRule(console, preventing);
  for (const [id, one] of workloads)
    if (!(one instanceof Error))
      await untilProtected(console, one.id).catch((error) => workloads.set(id, asError(error)));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

interface Place {
  readonly workload: Workload;
  readonly port: number;
  readonly image: string;
}

/** Starts the container once the console has the scan of its image, and waits until it serves. */
async function berthed(scene: Scene, { workload, port, image }: Place): Promise<Running> {
  const { console, pier, armed } = scene;
  const marks = join(console.state, 'marks', workload.name);
  mkdirSync(marks, { recursive: true, mode: 0o777 });
  for (const folder of [join(marks, '..'), marks]) chmodSync(folder, 0o777);
  makeIntruders(marks);
  const isScanned = async () => (await console.ask(listImages, { query: { search: image } })).images.length > 0;
  if (armed) await until(`the scan of ${image}`, isScanned, { seconds: 150, every: 500 });
  const id = await pier.docker(
    'run',
    '-d',
    '--network',
    'host',
    '-v',
    `${marks}:/mark`,
    '--name',
    workload.name,
    image,
  );
  const decided = new Set<string>();
  const alerts: Running['alerts'] = async (since) => {
    const query = { container: id, since: since.toISOString(), limit: 1000 };
    return (await console.ask(listAlerts, { query })).alerts.toReversed();
  };
  const model = async (): Promise<ModelSummary | undefined> =>
    (await console.ask(listModels, { query: { search: image } })).models[0];
  const berth: Berth = {
    id,
    port,
    marks,
    pier,
    inside: (...words) => execIn(pier, id, words),
    allow: async (fits) => {
      const since = new Date(Date.now() - 30_000);
      const found = await until(
        'alerts to decide on',
        async () => {
          const fitting = (await alerts(since)).filter((alert) => fits(alert) && !decided.has(alert.id));
          return fitting.length > 0 && fitting;
        },
        { seconds: 10, every: 500 },
      );
      const params = { id: (await model())?.id ?? '' };
      for (const { id: alert } of found) decided.add(alert);
      const keys = new Set(found.flatMap(({ allow }) => (allow === undefined ? [] : [allow.key])));
      for (const key of keys)
        await console.ask(decideEntry, { params, body: { key, decision: 'allow', reason: 'by its operator' } });
      await pause(3);
      // What was refused on these lines until the decision was in force.
      for (const { id: alert, allow } of await alerts(since))
        if (allow !== undefined && keys.has(allow.key)) decided.add(alert);
    },
  };
  const service = workload.serve(berth);
  await until(`${workload.name} at work`, async () => service.traffic().then(() => true), { seconds: 90, every: 500 });
  return { workload, service, id, marks, alerts, decided, model };
}

/**
 * Traffic until the model is active and each of its notable lines came often enough: none of them is refused while it
 * waits for another day or start.
 */
async function learned({ armed, console }: Scene, running: Running): Promise<Learned> {
  if (!armed) return { ...running, seconds: 0, lines: 0, raised: [] };
  const began = performance.now();
  let last: ModelSummary | undefined;
  while (performance.now() - began < learningSeconds * 1000) {
    await running.service.traffic();
    last = await running.model();
    if (last?.state === 'active' && (await lacking(console, last)) === 0) {
      const seconds = Math.round((performance.now() - began) / 1000);
      return { ...running, seconds, lines: last.counts.entries, raised: await running.alerts(new Date(0)) };
    }
    await pause(1);
  }
  const { state = 'no model', counts, convergence } = last ?? {};
  const why = convergence?.process?.blockedBy.join(' ') ?? '';
  throw new Error(`after ${learningSeconds} s of learning: ${state}, ${JSON.stringify(counts)} ${why}`);
}

/** Notable lines of a model that were seen too rarely yet. */
async function lacking({ ask }: LabConsole, { id, counts }: ModelSummary): Promise<number> {
  if (counts.unconfirmed === 0) return 0;
  const { items } = (await ask(getModel, { params: { id } })).model.evidence;
  return items.filter((entry) => entry.state === 'unconfirmed' && !isBeingCorroborated(entry, 'few')).length;
}

async function untilProtected(console: LabConsole, id: string): Promise<void> {
  let last = '';
  await until(
    `protection of ${id.slice(0, 12)}`,
    async () => {
      const { containers } = await console.ask(listContainers, { query: { search: id, limit: 1 } });
      last = containers[0]?.protection?.reason ?? last;
      return containers[0]?.protection?.state === 'protected';
    },
    { seconds: 60, every: 250 },
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${last}`);
  });
}

/** Everything is seen, nothing refused. */
const watching = {
  name: 'Workloads',
  state: 'on',
  drift: 'alert',
  code: 'alert',
  process: 'alert',
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [],
} as const satisfies RuntimeRuleText;

const preventing = { ...watching, drift: 'prevent', code: 'prevent', process: 'prevent' } as const;

async function saveRule({ ask }: LabConsole, rule: typeof watching | typeof preventing): Promise<void> {
  const { rules } = await ask(listRuntimeRules);
  const basedOn = rules.find((one) => one.rule.id === 'workloads')?.rule.version ?? 0;
  await ask(putRuntimeRule, { params: { id: 'workloads' }, body: { rule: { ...rule, neverLearn: [] }, basedOn } });
}

/** Works as the client does, but answers how the command ended. */
async function execIn(pier: Pier, id: string, words: readonly string[]): Promise<Answer> {
  const env = { ...process.env, DOCKER_HOST: `unix://${pier.engine.socket}` };
  try {
    const { stdout, stderr } = await run('docker', ['exec', id, ...words], { env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : 1, output: stdout + stderr };
  }
}

/** Whether an intruder left its mark. */
export function isMarked({ marks }: Running): boolean {
  return existsSync(join(marks, 'ran'));
}
