import { createJoinToken } from '#link/contract.ts';
import type { Clock } from '#base/index.ts';
import type { Console } from '#apps/console/compose.ts';
import { type DemoHost, joinDemoHost } from './hosts.ts';
import { type People, peopleOf } from './people.ts';
import { type Entry, type RecordedStep, type Recording, stepsOf } from './recording.ts';
import { type Times, timesOf } from './retime.ts';

/** The demo's time: it stands where it was put until it is let go. */
export interface DemoClock {
  readonly now: Clock;
  put(moment: number): void;
  /** From now on it is the system's. */
  letGo(): void;
}

export function demoClock(): DemoClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    put: (moment) => {
      ahead = moment - Date.now();
    },
    letGo: () => {
      ahead = 0;
    },
  };
}

export interface Stage {
  readonly console: Pick<Console, 'url' | 'access' | 'settle'>;
  readonly clock: DemoClock;
  /** Of everything that the hosts keep. */
  readonly folder: string;
  /** Hears of each step as it begins. */
  readonly say: (step: { readonly number: number; readonly of: number; readonly title: string }) => void;
  /** Ends the play. */
  readonly signal: AbortSignal;
}

/** Hosts that go on living. */
export interface Played {
  readonly hosts: readonly DemoHost[];
  close(): Promise<void>;
}

/** When the first step of a recording is played, by the demo's clock. */
export function beginningOf(recording: Recording, now: number): Date {
  return new Date(timesOf(recording, now).moment(Date.parse(recording.startedAt)));
}

/**
 * Plays a recording on a console that is empty: each step at its time by the demo's clock, through the doors that people,
 * builds and agents use, and the next one when the console is done with it. Afterwards the clock is the system's.
 */
export async function play(recording: Recording, stage: Stage): Promise<Played> {
  const { console, clock, say, signal } = stage;
  // The last step is now: when it was played, that is past.
  const times = timesOf(recording, Date.now());
  const steps = stepsOf(recording);
  const company: Company = {
    stage,
    times,
    people: peopleOf(console),
    hosts: new Map<string, DemoHost>(),
    kept: new Map<string, string>(),
  };
  const close = async (): Promise<void> => {
    await Promise.all([...company.hosts.values()].map((host) => host.close()));
  };
  try {
    for (const [index, step] of steps.entries()) {
      say({ number: index + 1, of: steps.length, title: step.title });
      clock.put(times.moment(Date.parse(step.at)));
      await unlessEnded(signal, playStep(company, step));
    }
    clock.letGo();
    for (const host of company.hosts.values()) await host.reportAgain();
    await unlessEnded(signal, stored(company));
    await unlessEnded(signal, console.settle());
    return { hosts: [...company.hosts.values()], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Throws the reason of the signal as soon as it fires; what is under way then fails unheard, as its console ends. */
async function unlessEnded(signal: AbortSignal, work: Promise<void>): Promise<void> {
  work.catch(() => undefined);
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  await Promise.race([work, ended.promise]).finally(() => signal.removeEventListener('abort', end));
}

interface Company {
  readonly stage: Stage;
  readonly times: Times;
  readonly people: People;
  readonly hosts: Map<string, DemoHost>;
  readonly kept: Map<string, string>;
}

async function playStep(company: Company, { entries }: RecordedStep): Promise<void> {
  company.people.newStep();
  await Promise.all([...company.hosts.values()].map((host) => host.stillThere()));
  for (const entry of entries) if (!isSameScan(entry)) await playEntry(company, entry);
  await stored(company);
  for (const entry of entries) if (isSameScan(entry)) await playEntry(company, entry);
  await stored(company);
  await company.stage.console.settle();
}

async function stored({ hosts }: Company): Promise<void> {
  await Promise.all([...hosts.values()].map((host) => host.stored()));
}

/** It says that another host's scan found the same, which therefore comes first. */
function isSameScan(entry: RecordedStep['entries'][number]): boolean {
  return entry.kind === 'fact' && entry.fact === 'scan-same';
}

async function playEntry(company: Company, entry: RecordedStep['entries'][number]): Promise<void> {
  switch (entry.kind) {
    case 'person':
      return await company.people.make(entry);
    case 'token':
      return await company.people.makeToken(entry);
    case 'host':
      return await join(company, entry);
    case 'call':
      return await callAs(company, entry);
    case 'fact':
      return await hostOf(company, entry.host).report(entry.fact, company.times.reported(entry.fact, entry.body));
  }
}

function hostOf({ hosts }: Company, name: string): DemoHost {
  const host = hosts.get(name);
  if (host === undefined) throw new Error(`The recording has no host ${name}.`);
  return host;
}

async function join(company: Company, entry: EntryOf<'host'>): Promise<void> {
  const { by, name, version, environment, environments } = entry;
  const { stage, hosts } = company;
  const body = { name, environments, hosts: name, uses: 1, hours: 1 };
  const path = createJoinToken.path;
  const { secret } = await request(company, { by, method: 'POST', path, body });
  const { folder, console, clock } = stage;
  const options = { folder, consoleUrl: console.url, joinToken: String(secret), name, version, environment };
  hosts.set(name, await joinDemoHost({ ...options, clock: clock.now }));
}

type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>;

async function callAs(company: Company, { by, method, path, body, keeps }: EntryOf<'call'>): Promise<void> {
  const filled = JSON.parse(fill(JSON.stringify({ path, body }), company.kept)) as { path: string; body?: unknown };
  const reported =
    filled.body === undefined ? undefined : company.times.reported(isScan(path) ? 'scan' : '', filled.body);
  const reply = await request(company, { by, method, path: filled.path, body: reported });
  if (keeps !== undefined) company.kept.set(keeps.as, memberOf(reply, keeps.from));
}

function isScan(path: string): boolean {
  return path === '/api/v1/scans';
}

/** Puts what earlier calls kept in its place. */
export function fill(text: string, kept: ReadonlyMap<string, string>): string {
  return [...kept].reduce((filled, [name, value]) => filled.replaceAll(`{${name}}`, value), text);
}

/** A text or number deep in a reply. */
export function memberOf(reply: unknown, path: string): string {
  const found = path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], reply);
  if (typeof found !== 'string' && typeof found !== 'number') throw new Error(`A reply lacks ${path}.`);
  return String(found);
}

interface Request {
  readonly by: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

async function request({ people, stage }: Company, { by, method, path, body }: Request) {
  const reply = await fetch(`${stage.console.url}${path}`, {
    method,
    headers: { ...(await people.headersOf(by)), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path} by ${by} ended with ${reply.status}: ${text.slice(0, 2000)}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
