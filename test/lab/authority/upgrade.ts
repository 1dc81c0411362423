import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutAlpineDatabase, freePort } from '../../journeys/make-scan.ts';
import { makeStateFolder, startConsole } from '../../journeys/real-console.ts';
import { startTestEngine } from '../../make/docker.ts';
import { checkOutBefore } from './before.ts';
import type { Closers } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import { vulnerable, soundOpenssl, surgeImage } from '../estate/images.ts';

const environments = ['dev', 'dev', 'test', 'prod', 'prod'] as const;

/** A newer console takes over the data and the agents of the release before. */
export const upgradeCases: readonly LabCase<unknown>[] = [
  {
    id: 'U1',
    title: 'a console of this release with five agents of the release before: no verdict flips',
    async run() {
      const closers: Closers = [];
      try {
        return await upgrade(closers);
      } finally {
        for (const one of closers.toReversed()) await one();
      }
    },
  },
];

async function upgrade(closers: Closers): Promise<string> {
  const { folder: state, remove } = makeStateFolder();
  closers.push(remove);
  await layOutAlpineDatabase(state);
  const program = checkOutBefore(state);
  const ports = { port: await freePort(), linkPort: await freePort() };
  const words = ['--no-local-scan', '--db', join(state, 'vulnerability.db')];
  const start = { state, ...ports, words, env: { SEAWALL_STALE_FEED_DAYS: '36500' } };
  const old = await startConsole({ ...start, program });
  const token = execFileSync(program, ['token', 'lab', '--role', 'administrator'], {
    env: { ...process.env, SEAWALL_STATE: state },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
  const ask = { baseUrl: old.origin, token };
  const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  closers.push(() => engine.stop());
  for (const [at, environment] of environments.entries())
    await startAgent({
      program,
      state,
      environment,
      name: `old-${at}`,
      linkPort: ports.linkPort,
      ask,
      engine,
      closers,
    });
  runImages(state, engine.socket, closers);
  const first = await allVerdicts(ask);
  await old.end('SIGTERM');
  const next = await startConsole(start);
  closers.push(() => next.end('SIGTERM'));
  const looks = await noneFlips(ask, first);
  const { hosts } = await read<Hosts>(ask, '/api/v1/hosts');
  expectThat(hosts.filter(({ stale }) => !stale).length === environments.length, 'an agent of before is away');
  return `${first.size} verdicts, ${looks} looks in ${watched / 1000} s`;
}

/** Images with and without a Medium finding, one container of each. */
const images = [1, 2, 3, 4].map((at) =>
  surgeImage({ name: `surge/old:${at}`, packages: [at % 2 === 0 ? soundOpenssl : vulnerable.openssl] }),
);

function runImages(state: string, socket: string, closers: Closers): void {
  const docker = (...words: readonly string[]) =>
    execFileSync('docker', [...words], { env: { ...process.env, DOCKER_HOST: `unix://${socket}` } });
  for (const [at, { bytes }] of images.entries()) {
    writeFileSync(join(state, 'old.tar'), bytes);
    docker('load', '-q', '-i', join(state, 'old.tar'));
    docker('run', '-d', '--network', 'none', '--name', `old-${at}`, `surge/old:${at + 1}`);
    closers.push(() => void docker('rm', '-f', `old-${at}`));
  }
}

/** Looks of the release before, half a second apart, in which nothing changed: each new scan takes a verdict back there. */
const settledAfter = 20;

async function allVerdicts(ask: OldAgent['ask']): Promise<ReadonlyMap<string, string>> {
  const wanted = images.length * new Set(environments).size;
  let [before, same] = ['', 0];
  return await until(
    'all verdicts',
    async () => {
      const found = await verdicts(ask);
      const now = JSON.stringify([...found].toSorted());
      same = now === before ? same + 1 : 0;
      before = now;
      const isWhole = found.size === wanted && [...found.values()].every((one) => one !== 'none');
      return isWhole && same >= settledAfter ? found : undefined;
    },
    { seconds: 120, every: 500 },
  );
}

/** Milliseconds. */
const watched = 45_000;

/** Looks again and again; throws as soon as a verdict is another one than it was. */
async function noneFlips(ask: OldAgent['ask'], first: ReadonlyMap<string, string>): Promise<number> {
  let looks = 0;
  for (const end = performance.now() + watched; performance.now() < end; looks += 1) {
    const now = await verdicts(ask);
    for (const [where, verdict] of first)
      expectThat(now.get(where) === verdict, `${where} was ${verdict} and is ${now.get(where) ?? 'gone'}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return looks;
}

interface OldAgent {
  readonly program: string;
  readonly state: string;
  readonly environment: string;
  readonly name: string;
  readonly linkPort: number;
  readonly ask: { readonly baseUrl: string; readonly token: string };
  readonly engine: { readonly socket: string };
  readonly closers: Closers;
}

async function startAgent({ program, state, environment, name, linkPort, ask, engine, closers }: OldAgent) {
  const { secret } = await read<{ readonly secret: string }>(ask, '/api/v1/join-tokens', {
    name,
    environments: [environment],
  });
  const folder = join(state, name);
  mkdirSync(folder);
  const where = ['--console', `https://127.0.0.1:${linkPort}`, '--engine', engine.socket, '--state', folder];
  const who = ['--instance', name, '--host-name', 'old', '--environment', environment, '--no-runtime', '--no-gates'];
  const agent: ChildProcess = spawn(program, ['agent', ...where, ...who], {
    env: { ...process.env, SEAWALL_TOKEN: secret, SEAWALL_STATE: folder },
    stdio: 'ignore',
  });
  closers.push(async () => {
    if (agent.exitCode !== null) return;
    agent.kill('SIGTERM');
    await once(agent, 'exit');
  });
  await until(
    `host old/${name}`,
    async () =>
      (await read<Hosts>(ask, '/api/v1/hosts')).hosts.some((host) => host.name === `old/${name}` && !host.stale),
    { seconds: 60 },
  );
}

interface Hosts {
  readonly hosts: readonly { readonly name: string; readonly stale: boolean }[];
}

interface Images {
  readonly images: readonly {
    readonly names: readonly string[];
    readonly placements: readonly { readonly environment?: string; readonly verdict?: string }[];
  }[];
}

/** What both releases answer; their contracts differ. */
async function read<Reply>({ baseUrl, token }: OldAgent['ask'], path: string, body?: object): Promise<Reply> {
  const answer = await fetch(`${baseUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expectThat(answer.ok, `${path} answers ${answer.status}`);
  return (await answer.json()) as Reply;
}

/** By image and environment. */
async function verdicts(ask: OldAgent['ask']): Promise<ReadonlyMap<string, string>> {
  const { images } = await read<Images>(ask, '/api/v1/images?search=surge/old');
  return new Map(
    images.flatMap(({ names, placements }) =>
      placements.map((one) => [`${names[0]} in ${one.environment}`, one.verdict ?? 'none'] as const),
    ),
  );
}
