import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Servers } from './servers.ts';

const run = promisify(execFile);

/** Requests, transactions or starts, and the seconds that they took by the word of who sent them. */
export interface Work {
  readonly count: number;
  readonly seconds: number;
}

/** Work whose cost is measured. */
export interface Load {
  readonly name: 'nginx' | 'redis' | 'pgbench' | 'spawn';
  /** First process of the container that does the work. */
  readonly pid: number;
  /** Share of its own processor time that watching may cost. */
  readonly limit: number;
  /** Works for about a second. */
  work(): Promise<Work>;
}

/** The four loads on containers that were started once: only what watches them changes. */
export function loadsOf({ nginx, redis, postgres, spawner, client }: Servers): readonly Load[] {
  const server = { limit: 0.02 };
  return [
    {
      ...server,
      name: 'nginx',
      pid: nginx.pid,
      work: async () => {
        const words = ['-t1', '-c16', '-d1s', `http://127.0.0.1:${nginx.port}/`];
        const { stdout } = await run('wrk', words);
        return { count: found(/(\d+) requests in/, stdout), seconds: found(/requests in ([\d.]+)s/, stdout) };
      },
    },
    {
      ...server,
      name: 'redis',
      pid: redis.pid,
      work: async () => {
        const count = 50_000;
        const words = ['-p', String(redis.port), '-t', 'get', '-n', String(count), '-c', '16', '-q'];
        const { stdout } = await run('redis-benchmark', words);
        return { count, seconds: count / found(/([\d.]+) requests per second/, stdout) };
      },
    },
    {
      ...server,
      name: 'pgbench',
      pid: postgres.pid,
      work: async () => {
        const words = ['-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'postgres', '-n', '-S', '-c4', '-T1'];
        const printed = await client(['pgbench', ...words, 'postgres']);
        const count = found(/transactions actually processed: (\d+)/, printed);
        return { count, seconds: count / found(/tps = ([\d.]+)/, printed) };
      },
    },
    {
      name: 'spawn',
      limit: 0.08,
      pid: spawner.pid,
      work: async () => {
        const count = 1500;
        const started = performance.now();
        await spawner.start(count);
        return { count, seconds: (performance.now() - started) / 1000 };
      },
    },
  ];
}

function found(pattern: RegExp, text: string): number {
  const number = Number(pattern.exec(text)?.[1]);
  if (!(number > 0)) throw new Error(`No count in what the load printed: ${text.slice(0, 300)}`);
  return number;
}
