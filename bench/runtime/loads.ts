import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Spawner } from './spawner.ts';

const run = promisify(execFile);

/** Work whose speed is measured; more is better. */
export interface Load {
  readonly name: string;
  /** Work done in a second. */
  measure(): Promise<number>;
}

/** Containers under load, started once: only what watches them changes. */
export interface Loaded {
  readonly nginxPort: number;
  readonly redisPort: number;
  readonly spawner: Spawner;
}

export function loadsOf({ nginxPort, redisPort, spawner }: Loaded): readonly Load[] {
  return [
    {
      name: 'nginx',
      measure: async () => {
        const words = ['-t1', '-c16', '-d2s', `http://127.0.0.1:${nginxPort}/`];
        return found(/Requests\/sec:\s+([\d.]+)/, (await run('wrk', words)).stdout);
      },
    },
    {
      name: 'redis',
      measure: async () => {
        const words = ['-p', String(redisPort), '-t', 'get', '-n', '100000', '-c', '16', '--csv'];
        return found(/"GET","([\d.]+)"/, (await run('redis-benchmark', words)).stdout);
      },
    },
    { name: 'spawn', measure: () => spawner.rate(3000) },
  ];
}

function found(pattern: RegExp, text: string): number {
  const number = Number(pattern.exec(text)?.[1]);
  if (!(number > 0)) throw new Error(`No rate in what the load printed: ${text.slice(0, 300)}`);
  return number;
}
