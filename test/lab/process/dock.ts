import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Detection,
  listAlerts,
  listModels,
  listRuntimeRules,
  type ModelSummary,
  putRuntimeRule,
  type RuntimeRuleText,
} from '#runtime/contract.ts';
import { type Intruders, makeIntruders, type ServerImages, serverImages } from '../../make/servers/servers.ts';
import type { EngineStore } from '../../make/docker.ts';
import { freePort } from '../../journeys/make-scan.ts';
import { switchComplianceOff } from '../compliance-off.ts';
import { type Closers, type LabConsole, openLabConsole, openLabHost } from '../lab-console.ts';
import { type LabOptions, until } from '../lab.ts';
import type { Pier } from '../pier.ts';

const run = promisify(execFile);

/** Seconds of an hour in this lab. The learning method's limits stay as they are. */
const bucketSeconds = 2;

/** Where the engine keeps its images: Docker's own store, or containerd's with `SEAWALL_LAB_STORE=containerd`. */
const store: EngineStore = process.env['SEAWALL_LAB_STORE'] === 'containerd' ? 'containerd' : 'docker';

/** Instance of the host: two labs run side by side when they have different ones. */
const instance = process.env['SEAWALL_LAB_INSTANCE'] ?? 'prod';

/** A command's end as the caller saw it. */
export interface Answer {
  readonly code: number;
  readonly output: string;
}

/** A server in a container, and what a visitor gets from it. */
export interface Server {
  readonly id: string;
  readonly port: number;
  /** Runs a command through the hole of Tomcat's application, as its child. */
  breakIn(...words: readonly string[]): Promise<string>;
}

interface Wanted extends Partial<Record<'detector' | 'path', string>> {
  readonly seconds?: number;
}

/** Seconds for the alert of a host without a sensor, which never comes. */
const inVain = 2;

/** What the cases work on: a console, one host that prevents, servers whose models are active. */
export interface Dock extends LabConsole {
  readonly armed: boolean;
  /** Says how far something long has come. */
  readonly say: LabOptions['say'];
  readonly pier: Pier;
  readonly images: ServerImages;
  readonly intruders: Intruders;
  /** Folder that is mounted as `/mark` in every container: intruders leave their marks there. */
  readonly marks: string;
  nginx(): Promise<Server>;
  tomcat(image?: string): Promise<Server>;
  /** Runs a command in a container, as `docker exec` does. */
  inside(id: string, ...words: readonly string[]): Promise<Answer>;
  /** Whether an intruder left its mark since the last look; wipes it. */
  wasMarked(): boolean;
  /** Alerts of a container since then, oldest first. */
  alerts(container: string, since: Date): Promise<readonly Detection[]>;
  /** Waits until an alert of this detector came for the container: 10 seconds where nothing else is said. */
  alert(container: string, since: Date, wanted: Wanted): Promise<Detection>;
  model(digest: string): Promise<ModelSummary | undefined>;
  /** Saves the lab's rule with these changes. */
  rule(changes: Partial<Omit<RuntimeRuleText, 'collections'>>): Promise<void>;
}

export async function setUpDock({ armed, say }: LabOptions): Promise<{ readonly world: Dock; close(): Promise<void> }> {
  const closers: Closers = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    say('making images of nginx, Tomcat and redis on Debian while the console starts');
    const making = serverImages();
    making.catch(() => undefined);
    const env = { SEAWALL_LEARNING_BUCKET_SECONDS: String(bucketSeconds) };
    const console = await openLabConsole({ say, closers, env });
    await switchComplianceOff(console);
    say(
      `starting an engine and an agent; an hour of learning is ${bucketSeconds} s here, all limits are the usual ones`,
    );
    const words = ['--no-gates', ...(armed ? [] : ['--no-runtime'])];
    const pier = await openLabHost({ name: 'prod', instance, store, words }, console, closers);
    const dock = await dockOf({ armed, say, console, pier, images: await making });
    await dock.rule({});
    await loadAll(dock);
    return { world: dock, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Ground {
  readonly armed: boolean;
  readonly say: LabOptions['say'];
  readonly console: LabConsole;
  readonly pier: Pier;
  readonly images: ServerImages;
}

async function dockOf({ armed, say, console, pier, images }: Ground): Promise<Dock> {
  const { ask, state } = console;
  const marks = join(state, 'marks');
  mkdirSync(marks, { mode: 0o777 });
  const intruders = makeIntruders(state);
  copyFileSync(intruders.program, join(marks, 'intruder'));
  copyFileSync(intruders.library, join(marks, 'preload.so'));
  const alerts: Dock['alerts'] = async (container, since) => {
    const query = { container, since: since.toISOString(), limit: 1000 };
    return (await ask(listAlerts, { query })).alerts.toReversed();
  };
  return {
    ...console,
    armed,
    say,
    pier,
    images,
    intruders,
    marks,
    nginx: () => startNginx(pier, { state, marks }),
    tomcat: (image = 'surge/gauge:1') => startTomcat(pier, { image, marks }),
    inside: (id, ...command) => execIn(pier, id, command),
    wasMarked: () => {
      const mark = join(marks, 'ran');
      const was = existsSync(mark);
      rmSync(mark, { force: true });
      return was;
    },
    alerts,
    alert: (container, since, { seconds = 10, ...wanted }) =>
      until(
        `an alert ${JSON.stringify(wanted)} of ${container.slice(0, 12)}`,
        async () =>
          (await alerts(container, since)).find(
            ({ detector, process, file }) =>
              (wanted.detector === undefined || detector === wanted.detector) &&
              (wanted.path === undefined || process.path === wanted.path || file?.path === wanted.path),
          ),
        { seconds: armed ? seconds : inVain },
      ),
    model: async (digest) => (await ask(listModels, { query: { image: digest } })).models[0],
    rule: (changes) => saveRule(ask, changes),
  };
}

/** Everything outside the model is prevented as soon as the model is active; sessions of people are recorded only. */
const prevent = {
  name: 'Protect the dock',
  state: 'on',
  drift: 'prevent',
  code: 'prevent',
  process: 'prevent',
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [],
} as const satisfies RuntimeRuleText;

async function saveRule(ask: LabConsole['ask'], changes: Parameters<Dock['rule']>[0]): Promise<void> {
  const { rules } = await ask(listRuntimeRules);
  const basedOn = rules.find(({ rule }) => rule.id === 'dock')?.rule.version ?? 0;
  await ask(putRuntimeRule, {
    params: { id: 'dock' },
    body: {
      rule: { ...prevent, ...changes, neverLearn: [], evidenceFrom: [...(changes.evidenceFrom ?? [])] },
      basedOn,
    },
  });
}

async function loadAll({ images, pier, state }: Dock): Promise<void> {
  for (const image of [images.nginx, images.tomcat]) {
    const archive = join(state, 'image.tar');
    writeFileSync(archive, image.bytes);
    await pier.docker('load', '-q', '-i', archive);
    rmSync(archive);
  }
}

async function startNginx(pier: Pier, folders: { readonly state: string; readonly marks: string }): Promise<Server> {
  const port = await freePort();
  const config = join(folders.state, `nginx-${port}.conf`);
  const server = `server { listen 127.0.0.1:${port}; location / { return 200 "well"; } }`;
  writeFileSync(config, `events {}\nhttp { access_log /var/log/nginx/access.log; ${server} }\n`);
  const mounts = ['-v', `${config}:/etc/nginx/nginx.conf:ro`, '-v', `${folders.marks}:/mark`];
  const id = await pier.docker('run', '-d', '--network', 'host', '-e', `PORT=${port}`, ...mounts, 'surge/gate:1');
  await answering(`http://127.0.0.1:${port}/`);
  return { id, port, breakIn: async () => 'nginx has no hole' };
}

async function startTomcat(
  pier: Pier,
  { image, marks }: { readonly image: string; readonly marks: string },
): Promise<Server> {
  const port = await freePort();
  const settings = ['-e', `CATALINA_OPTS=-Dhttp.port=${port}`, '-e', 'MARK=/mark/tide', '-v', `${marks}:/mark`];
  const id = await pier.docker('run', '-d', '--network', 'host', ...settings, '--tmpfs', '/scratch:exec', image);
  const page = `http://127.0.0.1:${port}/hole.jsp`;
  await answering(page);
  const breakIn: Server['breakIn'] = async (...words) => {
    const query = new URLSearchParams(words.map((word): [string, string] => ['run', word]));
    return await (await fetch(`${page}?${query}`, { signal: AbortSignal.timeout(20_000) })).text();
  };
  return { id, port, breakIn };
}

async function answering(url: string): Promise<void> {
  await until(`an answer of ${url}`, async () => (await fetch(url)).ok, { seconds: 90, every: 250 });
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

/** Visits pages as a user does. */
export async function visit({ port }: Server, path = '/'): Promise<void> {
  await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}
