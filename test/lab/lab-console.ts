import { join } from 'node:path';
import type { Role } from '#access/contract.ts';
import { createUser, signIn } from '#access/contract.ts';
import { call, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { createJoinToken } from '#link/contract.ts';
import { layOutAlpineDatabase, freePort } from '../journeys/make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from '../journeys/real-console.ts';
import type { EngineStore } from '../make/docker.ts';
import { until } from './lab.ts';
import { hostName, openPier, type Pier } from './pier.ts';

/** Calls the console as somebody. */
export type Caller = <E extends Endpoint>(endpoint: E, input?: Partial<CallInput<E>>) => Promise<ReplyOf<E>>;

/** A console of a lab's own, with a vulnerability database of real feeds. */
export interface LabConsole {
  /** Folder of everything that the lab keeps. */
  readonly state: string;
  readonly linkPort: number;
  console(): RealConsole;
  /** Starts the console again with the same state and ports, after it was killed. */
  restartConsole(): Promise<void>;
  /** Calls the console as an administrator, or with another token. */
  ask<E extends Endpoint>(endpoint: E, input?: Partial<CallInput<E>>, token?: string): Promise<ReplyOf<E>>;
  /** Makes a user, who sees all or these collections, signs in as one, and calls with that session. */
  person(name: string, role: Exclude<Role, 'ci'>, collections?: readonly string[]): Promise<Caller>;
}

/** What is to be ended, the newest first. */
export type Closers = (() => Promise<unknown> | void)[];

/** Does something, and ends what it opened. */
export async function withClosers<Value>(work: (closers: Closers) => Promise<Value>): Promise<Value> {
  const closers: Closers = [];
  try {
    return await work(closers);
  } finally {
    await closeAll(closers);
  }
}

export async function closeAll(closers: Closers): Promise<void> {
  for (const one of closers.splice(0).toReversed()) await one();
}

export interface LabConsoleOptions {
  readonly say: (words: string) => void;
  readonly closers: Closers;
  readonly env?: Readonly<Record<string, string>>;
  /** Further words of the console's command. */
  readonly words?: readonly string[];
  /** Lays out the database and its feeds; missing: of Alpine. */
  readonly layOut?: (state: string) => Promise<unknown>;
}

export async function openLabConsole({
  say,
  closers,
  env,
  words = [],
  layOut = layOutAlpineDatabase,
}: LabConsoleOptions): Promise<LabConsole> {
  const { folder: state, remove } = makeStateFolder();
  closers.push(remove);
  say('laying out a vulnerability database of real feeds');
  await layOut(state);
  const [port, linkPort] = [await freePort(), await freePort()];
  const start = (): Promise<RealConsole> =>
    startConsole({
      state,
      port,
      linkPort,
      env: { SEAWALL_STALE_FEED_DAYS: '36500', ...env },
      words: ['--no-local-scan', '--db', join(state, 'vulnerability.db'), ...words],
    });
  say('starting the console');
  let console = await start();
  closers.push(() => console.end('SIGTERM'));
  const administrator = await newToken(state, 'lab', 'administrator');
  const ask: LabConsole['ask'] = (endpoint, input = {}, token = administrator) =>
    call(endpoint, input, { baseUrl: console.origin, token });
  return {
    state,
    linkPort,
    console: () => console,
    restartConsole: async () => {
      console = await start();
    },
    ask,
    person: (name, role, collections) =>
      signedIn(ask, console.origin, { name, role, ...(collections && { collections: [...collections] }) }),
  };
}

/** Makes a user and signs in with the link that comes with one. */
async function signedIn(
  ask: LabConsole['ask'],
  origin: string,
  body: { readonly name: string; readonly role: Exclude<Role, 'ci'>; collections?: string[] },
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

export interface LabHost {
  readonly name: 'dev' | 'test' | 'prod';
  /** Storage driver of Docker's own store; missing: `overlay2`. */
  readonly driver?: 'overlay2' | 'vfs';
  /** Its instance, where that is not called as its environment. */
  readonly instance?: string;
  readonly store: EngineStore;
  /** Further words of the agent's command. */
  readonly words?: readonly string[];
}

/** Starts an engine and an agent that joins the console, and waits until its host is live. */
export async function openLabHost(
  host: LabHost,
  { ask, console, linkPort, state }: LabConsole,
  closers: Closers,
): Promise<Pier> {
  const { name, instance = name, store, driver, words = [] } = host;
  const environments = name === 'prod' ? ['prod'] : ['dev', 'test'];
  const { secret } = await ask(createJoinToken, { body: { name: `lab ${name}`, environments } });
  const pier = await openPier({
    name: instance,
    environment: name,
    store,
    ...(driver && { driver }),
    folder: state,
    console: console(),
    linkPort,
    joinToken: secret,
    words,
  });
  closers.push(() => pier.close());
  await until(
    `host ${hostName}/${instance}`,
    async () => (await ask(listHosts)).hosts.find((one) => one.name === `${hostName}/${instance}` && !one.stale),
    { seconds: 30 },
  );
  return pier;
}
