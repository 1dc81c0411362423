import { execFileSync } from 'node:child_process';
import type { Pier } from '../../test/lab/pier.ts';

/** Work whose speed is measured; more is better. */
export interface Load {
  readonly name: string;
  /** Work done in a second. */
  measure(): number;
}

/** Containers under load, started once: only what watches them changes. */
export interface Loaded {
  readonly pier: Pier;
  readonly nginxPort: number;
  readonly redisPort: number;
  /** Container in which programs are started. */
  readonly spawning: string;
}

export function loadsOf({ pier, nginxPort, redisPort, spawning }: Loaded): readonly Load[] {
  const env = { ...process.env, DOCKER_HOST: `unix://${pier.engine.socket}` };
  return [
    {
      name: 'nginx',
      measure: () => {
        const words = ['-t1', '-c16', '-d2s', `http://127.0.0.1:${nginxPort}/`];
        return found(/Requests\/sec:\s+([\d.]+)/, execFileSync('wrk', words, { encoding: 'utf8' }));
      },
    },
    {
      name: 'redis',
      measure: () => {
        const words = ['-p', String(redisPort), '-t', 'get', '-n', '60000', '-c', '16', '--csv'];
        return found(/"GET","([\d.]+)"/, execFileSync('redis-benchmark', words, { encoding: 'utf8' }));
      },
    },
    {
      name: 'spawn',
      measure: () => {
        const count = 3000;
        const words = ['exec', spawning, '/usr/local/bin/tide', 'storm', String(count), '/usr/bin/true'];
        const started = performance.now();
        execFileSync('docker', words, { env });
        return (count * 1000) / (performance.now() - started);
      },
    },
  ];
}

function found(pattern: RegExp, text: string): number {
  const number = Number(pattern.exec(text)?.[1]);
  if (!(number > 0)) throw new Error(`No rate in what the load printed: ${text.slice(0, 300)}`);
  return number;
}
