import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uptime } from 'node:os';
import { messageOf } from '#base/index.ts';
import { createToken, createUser, signIn } from '#access/contract.ts';
import { call as callApi } from '#http/index.ts';
import { shorten } from './shorten.ts';
import { decodeRecord } from '#link/agent/spool/record.ts';
import { supersededKind } from '#link/contract.ts';
import { fill, memberOf } from '../../../tools/demo/play.ts';
import type { Entry, Recording } from '../../../tools/demo/recording.ts';
import type { LabConsole } from '../lab-console.ts';

/** Notes down what people and builds call and what agents send, in steps. */
export interface Recorder {
  /** Does something, and then notes what agents sent meanwhile, also when it failed. */
  step(step: { readonly title: string; readonly day: number }, act: () => Promise<unknown>): Promise<void>;
  /** Makes a user, who signs in. */
  person(name: string, role: Person['role']): Promise<void>;
  /** Makes a token for a build. */
  token(name: string, repositories: readonly string[]): Promise<void>;
  /** From now on what lies in this agent's spool is noted, under this name. */
  host(host: Pick<HostEntry, 'name' | 'environment' | 'environments'> & { readonly state: string }): void;
  /** A person or a build calls the console. `{name}` stands for what an earlier call kept. */
  call(request: ApiCall): Promise<unknown>;
  recording(): Recording;
  /** What went wrong in steps: the run goes on, so that what else is wrong shows too. */
  failures(): readonly string[];
}

/** A call as it is recorded. */
type ApiCall = Omit<Extract<Entry, { kind: 'call' }>, 'kind' | 'body'> & { readonly body?: object };

type HostEntry = Extract<Entry, { kind: 'host' }>;
type Person = Extract<Entry, { kind: 'person' }>;

/** Facts that are not recorded: what is signed, and what keeps a place only. */
const leftOut = ['code', 'trials', supersededKind];

/** The machine of the lab is no host of the estate: what lies on it besides the engines' images is left out. */
function isOfMachine({ body }: { readonly body: unknown }): boolean {
  const { subject } = body as { readonly subject?: string | { readonly id?: string } };
  const id = typeof subject === 'object' ? subject.id : subject;
  return id?.startsWith('host:') === true;
}

const administrator = 'admin';

type FactEntry = Extract<Entry, { kind: 'fact' }>;

interface Watched {
  readonly spool: string;
  /** Last fact that was noted. */
  noted: number;
}

export function openRecorder(lab: LabConsole, bucketSeconds: number): Recorder {
  const entries: Entry[] = [];
  const hosts = new Map<string, Watched>();
  const headers = new Map<string, Readonly<Record<string, string>>>();
  const failures: string[] = [];
  const kept = new Map<string, string>();
  const startedAt = new Date().toISOString();
  const note = (entry: Entry): void => void entries.push(entry);

  function noteFacts(): void {
    for (const [host, watched] of hosts) {
      const reported: FactEntry[] = [];
      for (const { sequence, fact } of readSpool(watched)) {
        watched.noted = sequence;
        if (fact !== undefined && !leftOut.includes(fact.kind) && !isOfMachine(fact))
          reported.push({ kind: 'fact', host, fact: fact.kind, body: fact.body as never });
      }
      for (const entry of shorten(reported)) note(entry);
    }
  }

  async function headersOf(name: string): Promise<Readonly<Record<string, string>>> {
    const known = headers.get(name);
    if (known === undefined) throw new Error(`Nobody is called ${name}.`);
    return known;
  }

  return {
    step: async ({ title, day }, act) => {
      const place = entries.length;
      const from = new Date().toISOString();
      await act().catch((error: unknown) => failures.push(`${title}: ${messageOf(error)}`));
      noteFacts();
      entries.splice(place, 0, { kind: 'step', from, at: new Date().toISOString(), day, title });
    },
    person: async (name, role) => {
      note({ kind: 'person', name, role });
      const { secret } = await lab.ask(createUser, { body: { name, role } });
      headers.set(name, await session(lab.console().origin, secret));
    },
    token: async (name, repositories) => {
      note({ kind: 'token', by: administrator, name, repositories });
      const body = { name, role: 'ci' as const, repositories: [...repositories] };
      const { secret } = await lab.ask(createToken, { body });
      headers.set(name, { authorization: `Bearer ${secret}` });
    },
    host: ({ name, environment, environments, state }) => {
      note({ kind: 'host', by: administrator, name, environment, environments: [...environments], version: '0.1.0' });
      hosts.set(name, { spool: join(state, 'spool'), noted: 0 });
    },
    call: async (request) => {
      note({ kind: 'call', ...(request as Omit<Extract<Entry, { kind: 'call' }>, 'kind'>) });
      return await send(lab.console().origin, request, { headers: await headersOf(request.by), kept });
    },
    failures: () => failures,
    recording: () => ({ form: 1, bootedAt: bootedAt(), startedAt, bucketSeconds, entries }),
  };
}

function bootedAt(): string {
  return new Date(Date.now() - uptime() * 1000).toISOString();
}

interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  /** What calls before kept; what this one keeps comes to it. */
  readonly kept: Map<string, string>;
}

async function send(origin: string, request: ApiCall, { headers, kept }: Sending): Promise<unknown> {
  const { by, method, keeps } = request;
  const { path, body } = JSON.parse(fill(JSON.stringify(request), kept)) as typeof request;
  const reply = await fetch(`${origin}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path} by ${by} ended with ${reply.status}: ${text.slice(0, 2000)}`);
  if (keeps !== undefined) kept.set(keeps.as, memberOf(JSON.parse(text), keeps.from));
  return JSON.parse(text) as unknown;
}

async function session(origin: string, secret: string): Promise<Readonly<Record<string, string>>> {
  const keep: { cookie?: string } = {};
  const noting: typeof fetch = async (address, request) => {
    const reply = await fetch(address, request);
    const [cookie] = reply.headers.get('set-cookie')?.split(';') ?? [];
    if (cookie !== undefined) keep.cookie = cookie;
    return reply;
  };
  await callApi(signIn, { body: { by: 'link', secret } }, { baseUrl: origin, fetch: noting });
  if (keep.cookie === undefined) throw new Error('A link did not sign in.');
  return { cookie: keep.cookie, 'sec-fetch-site': 'same-origin' };
}

interface SpooledFact {
  readonly sequence: number;
  readonly fact?: { readonly kind: string; readonly body: unknown };
}

/** What the spool holds after what was noted. The agent goes on writing: a record that is not whole yet comes next time. */
function readSpool({ spool, noted }: Watched): readonly SpooledFact[] {
  const files = readdirSync(spool).filter((name) => name.endsWith('.spool'));
  if (new Set(files.map((name) => name.split('-')[0])).size > 1) throw new Error(`${spool} holds more than one epoch.`);
  const found: SpooledFact[] = [];
  for (const name of files.toSorted()) {
    const bytes = readFileSync(join(spool, name));
    let at = bytes.indexOf(0x0a) + 1;
    let sequence = (JSON.parse(bytes.toString('utf8', 0, at)) as { first: number }).first;
    for (let record = decodeRecord(bytes, at); record !== undefined; record = decodeRecord(bytes, at)) {
      if (sequence > noted) {
        const json = record.json();
        found.push({
          sequence,
          ...(json !== undefined && { fact: JSON.parse(json) as NonNullable<SpooledFact['fact']> }),
        });
      }
      at += record.size;
      sequence += 1;
    }
  }
  const [first] = found;
  if (first !== undefined && first.sequence !== noted + 1) throw new Error(`${spool} lacks facts after ${noted}.`);
  return found;
}
