import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Environment, messageOf } from '#base/index.ts';

/** A `seawall` command that runs as a child of the console and tells its news as JSON, one object a line. */
export interface Child {
  /** Exit code, and what it said last: the reason, then what to do next. */
  readonly ended: Promise<{ readonly code: number; readonly lastWords: string }>;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly words: readonly string[];
  readonly env: Environment;
  readonly heard: (news: unknown) => void;
  /** First line of its standard input: for what must stand neither in its arguments nor in its environment. */
  readonly line?: string;
  /** Options of Node beside those of this process, over which they prevail. */
  readonly flags?: readonly string[];
}

/**
 * Starts the same program as this process, bundle or sources, within the same limits and with other words. But for one
 * line its standard input is never written to: it ends when this process does, however that happens, and so tells the child.
 */
export function startChild({ words, env, heard, line, flags = [] }: ChildOptions): Child {
  const program = process.argv[1] ?? '';
  const child = spawn(process.execPath, [...process.execArgv, ...flags, program, ...words], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A child that is gone before it read has ended, which is told below.
  child.stdin.on('error', () => undefined);
  if (line !== undefined) child.stdin.write(`${line}\n`);
  createInterface({ input: child.stdout }).on('line', (text) => {
    const news = parseNews(text);
    if (news !== undefined) heard(news);
  });
  let said = '';
  createInterface({ input: child.stderr }).on('line', (text) => {
    if (text.trim() !== '') said = text.trim();
  });
  const ended = new Promise<{ code: number; lastWords: string }>((resolve) => {
    child.once('error', (error) => resolve({ code: 2, lastWords: messageOf(error) }));
    child.once('close', (code) => resolve({ code: code ?? 2, lastWords: lastWordsOf(said) }));
  });
  return { ended, stop: () => stop(child, ended) };
}

/** A line that is not JSON is no news: a library that prints must not end the console. */
function parseNews(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** An error is reported as `seawall: REASON NEXT [CODE]` on the last line. */
function lastWordsOf(last: string): string {
  return /^seawall: (?<words>.*?)(?: \[[a-z-]+\])?$/.exec(last)?.groups?.['words'] ?? last;
}

/** Asks first; a child that stays is killed after 3 s. */
async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
}
