import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '#access/contract.ts';
import { freePort } from './make-scan.ts';
import { repository, runSeawall } from './seawall.ts';

/** `bin/seawall console` at work, as a person starts it. */
export interface RealConsole {
  readonly origin: string;
  readonly port: number;
  /** Process of the console itself. */
  readonly pid: number;
  /** The one-time link that it printed; empty where somebody has a password. */
  readonly link: string;
  /** What it has written to the terminal so far. */
  said(): string;
  /** Ends it and waits until it is gone. Answers its exit code, nothing when a signal ended it. */
  end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | undefined>;
}

export interface ConsoleStart {
  /** Folder of everything that it keeps. */
  readonly state: string;
  readonly port?: number;
  /** Port that agents dial; any free one unless said. */
  readonly linkPort?: number;
  /** Further words of the command. */
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of another checkout; this one's unless said. */
  readonly program?: string;
}

/** A folder for one console, which the user that PostgreSQL runs as can pass through. */
export function makeStateFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-console-'));
  chmodSync(folder, 0o711);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }) };
}

/** Starts a console and waits until it serves and has said how to sign in. */
export async function startConsole(start: ConsoleStart): Promise<RealConsole> {
  const port = start.port ?? (await freePort());
  const ports = ['--port', String(port), '--link-port', String(start.linkPort ?? 0)];
  const words = ['console', ...ports, ...(start.words ?? ['--no-local-scan'])];
  const child = spawn(start.program ?? join(repository, 'bin/seawall'), words, {
    env: { ...environmentOf(start.state), ...start.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  const welcome = new Promise<readonly [origin: string, link: string]>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const [, origin, link] = /runs on (\S+)\nSign in with (?:name|this link.*\n\n {2}(\S+#\S+)\n)/.exec(said) ?? [];
        if (origin !== undefined) resolve([origin, link ?? '']);
      });
    }
  });
  const first = await Promise.race([welcome, ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`The console ended before it served: ${said}`);
  const [origin, link] = first;
  return {
    origin,
    port,
    pid: child.pid ?? 0,
    link,
    said: () => said,
    end: async (signal) => {
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code ?? undefined;
    },
  };
}

/** A new one-time link, as `seawall console --sign-in-link` prints it. */
export async function newLink(state: string): Promise<string> {
  return await printed(['console', '--sign-in-link'], state);
}

/** A token, as `seawall token` makes it; one of a build speaks for every repository. */
export async function newToken(state: string, name: string, role: Role): Promise<string> {
  return await printed(['token', name, '--role', role, ...(role === 'ci' ? ['--repository', '*'] : [])], state);
}

/** The console's log, one object a line. */
export function readLog(state: string): string {
  return readFileSync(join(state, 'console.log'), 'utf8');
}

/** Variables of a command that belongs to this state folder. */
export function environmentOf(state: string): Record<string, string | undefined> {
  const { SEAWALL_DB: _db, SEAWALL_CONSOLE: _console, SEAWALL_TOKEN: _token, ...inherited } = process.env;
  return { ...inherited, SEAWALL_STATE: state, SEAWALL_FEEDS: join(state, 'feeds'), SEAWALL_STALE_FEED_DAYS: '36500' };
}

async function printed(words: readonly string[], state: string): Promise<string> {
  const run = await runSeawall(words, { env: { SEAWALL_STATE: state } });
  if (run.code !== 0) throw new Error(`seawall ${words.join(' ')} failed: ${run.stderr}`);
  return run.stdout.trim();
}
