import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutAlpineDatabase, freePort } from '../../journeys/make-scan.ts';
import { joinAsHost, type ReportingHost } from '../../journeys/reporting-host.ts';
import { makeStateFolder, type RealConsole, startConsole } from '../../journeys/real-console.ts';
import { repository } from '../../journeys/seawall.ts';
import type { Closers } from '../lab-console.ts';
import { expectThat } from '../lab.ts';
import { checkOutBefore } from './before.ts';

/** A console that somebody attacks while others use it. */
export interface Siege {
  readonly console: RealConsole;
  readonly linkPort: number;
  readonly webhookPort: number;
  /** Calls the console with a token, and reads the whole answer. */
  call(path: string, request: SiegeRequest): Promise<{ readonly status: number; readonly text: string }>;
  /** A token by its role: `administrator` is whom everybody else is. */
  token(role: string, more?: object): Promise<string>;
  host(name: string): Promise<ReportingHost>;
}

export interface SiegeRequest {
  readonly token: string;
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Of the bound that holds for everybody else: milliseconds, at the 95th percentile. */
const slowest = 1000;
/** Seconds of a siege; fewer in the short form. */
export const siegeSeconds = Number(process.env['SEAWALL_LAB_SIEGE'] ?? 15);
/** Bytes that the processes of the console may hold together, PostgreSQL left out. */
const largest = 700 * 1024 * 1024;
/** A call that takes so long ends the case at once. */
const hopeless = 8000;

/**
 * Runs an attack and, as long as it runs, reads the explorer's first page and sends heartbeats of an agent. Throws when
 * one of them takes more than a second at the 95th percentile, or the console's processes hold too much. Disarmed, the
 * console is that of the release before.
 */
export async function besieged(
  { armed }: { readonly armed: boolean },
  attack: (siege: Siege, signal: AbortSignal) => Promise<string | undefined>,
): Promise<string> {
  const closers: Closers = [];
  try {
    const siege = await openSiege(armed, closers);
    const reader = await siege.token('administrator');
    const pages = prober(async () => {
      const { status } = await siege.call('/api/v1/vulnerabilities', { token: reader });
      expectThat(status === 200, `the explorer answers ${status}`);
    });
    const host = await siege.host('honest');
    const beats = prober(async () => {
      await host.host({ memory: 1_000_000_000 + Math.floor(performance.now()) });
      await host.stored();
    });
    const memory = memoryOf(siege.console.pid);
    const ended = new AbortController();
    const attacking = attack(siege, ended.signal).finally(() => ended.abort());
    const most = new Promise((resolve) => setTimeout(resolve, siegeSeconds * 1000));
    await Promise.race([Promise.all([attacking, most]), pages.broken, beats.broken]);
    ended.abort();
    const said = await attacking;
    const [page, beat, held] = [pages.end(), beats.end(), memory.end()];
    const figures = `explorer p95 ${page} ms, heartbeat p95 ${beat} ms, console ${megabytes(held.console)} MB, PostgreSQL ${megabytes(held.postgres)} MB in ${siegeSeconds} s`;
    expectThat(page <= slowest && beat <= slowest && held.console <= largest, figures);
    return said === undefined ? figures : `${said}; ${figures}`;
  } finally {
    for (const one of closers.toReversed()) await one();
  }
}

async function openSiege(armed: boolean, closers: Closers): Promise<Siege> {
  const { folder: state, remove } = makeStateFolder();
  closers.push(remove);
  await layOutAlpineDatabase(state);
  const [linkPort, webhookPort] = [await freePort(), await freePort()];
  const program = armed ? join(repository, 'bin/seawall') : checkOutBefore(state);
  const words = ['--no-local-scan', '--db', join(state, 'vulnerability.db'), '--webhook-port', String(webhookPort)];
  const console = await startConsole({ state, linkPort, words, program, env: { SEAWALL_STALE_FEED_DAYS: '36500' } });
  // One that is held by an attack does not hear SIGTERM.
  closers.push(
    () => console.end('SIGKILL'),
    () => endPostgres(state),
  );
  const administrator = execFileSync(program, ['token', 'siege', '--role', 'administrator'], {
    env: { ...process.env, SEAWALL_STATE: state },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
  const call: Siege['call'] = async (path, { token, method = 'GET', body, headers, signal }) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(`${console.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: body as string }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const made = async (path: string, body: object): Promise<string> => {
    const { text } = await call(path, { token: administrator, method: 'POST', body: JSON.stringify(body) });
    return (JSON.parse(text) as { readonly secret: string }).secret;
  };
  return {
    console,
    linkPort,
    webhookPort,
    call,
    token: (role, more = {}) => made('/api/v1/tokens', { name: role, role, ...more }),
    host: async (name) => {
      const token = await made('/api/v1/join-tokens', { name, environments: ['prod'] });
      const host = await joinAsHost({ console: `https://127.0.0.1:${linkPort}`, token, name, environment: 'prod' });
      closers.push(() => Promise.race([host.close(), new Promise((resolve) => setTimeout(resolve, 2000))]));
      return host;
    },
  };
}

/** The console was killed, so its PostgreSQL goes on. */
function endPostgres(state: string): void {
  for (const pid of processes()) {
    const words = read(`/proc/${pid}/cmdline`);
    if (words.includes(join(state, 'postgres')) && words.includes('postgres')) process.kill(pid, 'SIGKILL');
  }
}

interface Prober {
  /** Rejects when one call takes hopelessly long or fails. */
  readonly broken: Promise<never>;
  /** Ends it. Answers milliseconds at the 95th percentile. */
  end(): number;
}

function prober(ask: () => Promise<void>): Prober {
  const times: number[] = [];
  let going = true;
  let started = performance.now();
  const broken = new Promise<never>((_, reject) => {
    const look = setInterval(() => {
      if (!going) clearInterval(look);
      else if (performance.now() - started > hopeless)
        reject(new Error(`a call of somebody else takes over ${hopeless / 1000} s`));
    }, 250);
    void (async () => {
      while (going) {
        started = performance.now();
        await ask().catch((error: unknown) => (going ? reject(error) : undefined));
        times.push(performance.now() - started);
        started = performance.now();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
  });
  broken.catch(() => undefined);
  return {
    broken,
    end: () => {
      going = false;
      const sorted = times.toSorted((a, b) => a - b);
      return Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY);
    },
  };
}

interface Held {
  readonly console: number;
  readonly postgres: number;
}

/** The most that the processes below one hold at once, as proportional set size (proc(5), smaps_rollup). */
function memoryOf(root: number): { end(): Held } {
  let [console, postgres] = [0, 0];
  const look = setInterval(() => {
    const sums = { console: 0, postgres: 0 };
    for (const pid of treeOf(root)) sums[isPostgres(pid) ? 'postgres' : 'console'] += pssOf(pid);
    console = Math.max(console, sums.console);
    postgres = Math.max(postgres, sums.postgres);
  }, 500);
  return {
    end: () => {
      clearInterval(look);
      return { console, postgres };
    },
  };
}

function treeOf(root: number): readonly number[] {
  const parents = new Map(
    processes().map((pid) => [pid, Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1])]),
  );
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

function isPostgres(pid: number): boolean {
  return read(`/proc/${pid}/comm`).startsWith('postgres');
}

function pssOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

function processes(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
