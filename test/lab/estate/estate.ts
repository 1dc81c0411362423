import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUser, type Role, signIn } from '#access/contract.ts';
import { listImages, type ImageRow } from '#explorer/contract.ts';
import { call, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { createJoinToken } from '#link/contract.ts';
import { buildAlpineDatabase, freePort } from '../../journeys/make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from '../../journeys/real-console.ts';
import type { MadeImage } from '../../make/image.ts';
import { type LabOptions, until } from '../lab.ts';
import { hostName, openPier, type Pier } from './pier.ts';

/** Calls the console as somebody. */
export type Caller = <E extends Endpoint>(endpoint: E, input?: Partial<CallInput<E>>) => Promise<ReplyOf<E>>;

/** What the cases work on. */
export interface Estate {
  readonly armed: boolean;
  readonly state: string;
  readonly linkPort: number;
  console(): RealConsole;
  /** Starts the console again with the same state and ports, after it was killed. */
  restartConsole(): Promise<void>;
  /** By name: `dev` and `prod` keep images in Docker's own store, `test` in containerd's. */
  readonly piers: Readonly<Record<'dev' | 'test' | 'prod', Pier>>;
  /** Calls the console as an administrator, or with another token. */
  ask<E extends Endpoint>(endpoint: E, input?: Partial<CallInput<E>>, token?: string): Promise<ReplyOf<E>>;
  /** Makes a user, signs in as one, and calls with that session. */
  person(name: string, role: Exclude<Role, 'ci'>): Promise<Caller>;
  /** Loads an image into the engines of these hosts. */
  load(image: MadeImage, ...piers: readonly Pier[]): Promise<void>;
  /** The image's row once the console knows it and has judged it. */
  row(digest: string): Promise<ImageRow>;
}

export async function setUpEstate({
  armed,
  say,
}: LabOptions): Promise<{ readonly world: Estate; close(): Promise<void> }> {
  const closers: (() => Promise<unknown> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const { folder: state, remove } = makeStateFolder();
    closers.push(remove);
    say('building a vulnerability database of real feeds');
    await buildAlpineDatabase(state);
    const [port, linkPort] = [await freePort(), await freePort()];
    const env = { SEAWALL_STALE_FEED_DAYS: '36500' };
    const start = (): Promise<RealConsole> =>
      startConsole({ state, port, linkPort, env, words: ['--no-local-scan', '--db', join(state, 'vulnerability.db')] });
    say('starting the console');
    let console = await start();
    closers.push(() => console.end('SIGTERM'));
    const administrator = await newToken(state, 'lab', 'administrator');
    const ask: Estate['ask'] = (endpoint, input = {}, token = administrator) =>
      call(endpoint, input, { baseUrl: console.origin, token });
    const piers = await openPiers({ ask, console, linkPort, state, say }, closers);
    const world: Estate = {
      armed,
      state,
      linkPort,
      console: () => console,
      restartConsole: async () => {
        console = await start();
      },
      piers,
      ask,
      person: (name, role) => signedIn(ask, console.origin, { name, role }),
      load: async (image, ...wanted) => {
        const archive = join(state, 'image.tar');
        writeFileSync(archive, image.bytes);
        for (const pier of wanted) await pier.docker('load', '-q', '-i', archive);
      },
      row: (digest) => judgedRow(ask, digest),
    };
    return { world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes a user and signs in with the link that comes with one. */
async function signedIn(
  ask: Estate['ask'],
  origin: string,
  body: { readonly name: string; readonly role: Exclude<Role, 'ci'> },
): Promise<Caller> {
  const { secret } = await ask(createUser, { body });
  const reply = await fetch(`${origin}${signIn.path}`, {
    method: signIn.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: 'link', secret }),
  });
  const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? '';
  await reply.body?.cancel();
  const withSession: typeof fetch = (url, request) =>
    fetch(url, { ...request, headers: { ...(request?.headers as object), cookie, 'sec-fetch-site': 'same-origin' } });
  return (endpoint, input = {}) => call(endpoint, input, { baseUrl: origin, fetch: withSession });
}

interface Ground {
  readonly ask: Estate['ask'];
  readonly console: RealConsole;
  readonly linkPort: number;
  readonly state: string;
  readonly say: LabOptions['say'];
}

async function openPiers(ground: Ground, closers: (() => Promise<unknown> | void)[]): Promise<Estate['piers']> {
  const stores = { dev: 'docker', test: 'containerd', prod: 'docker' } as const;
  const open = async (name: 'dev' | 'test' | 'prod'): Promise<Pier> => {
    ground.say(`starting an engine and an agent: ${name}, images in the store of ${stores[name]}`);
    const { secret } = await ground.ask(createJoinToken, { body: { name: `lab ${name}`, environments: [name] } });
    const pier = await openPier({
      name,
      store: stores[name],
      folder: ground.state,
      console: ground.console,
      linkPort: ground.linkPort,
      joinToken: secret,
      words: name === 'prod' ? [] : ['--allow-environments', 'dev,test'],
    });
    closers.push(() => pier.close());
    await until(
      `host ${hostName}/${name}`,
      async () =>
        (await ground.ask(listHosts)).hosts.find((host) => host.name === `${hostName}/${name}` && !host.stale),
      { seconds: 30 },
    );
    return pier;
  };
  return { dev: await open('dev'), test: await open('test'), prod: await open('prod') };
}

async function judgedRow(ask: Estate['ask'], digest: string): Promise<ImageRow> {
  return await until(
    `a verdict of ${digest}`,
    async () => {
      const { images } = await ask(listImages, { query: { search: digest } });
      return images.find((row) => row.subject === digest && row.verdict !== undefined);
    },
    { seconds: 30 },
  );
}
