import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Pier } from '../../test/lab/pier.ts';

/** A container whose own first program starts others when it is told to, as an application does. */
export interface Spawner {
  /** Starts so many programs, one after the other; answers how many in a second. */
  rate(count: number): Promise<number>;
  close(): void;
}

const script = 'while read -r count; do /usr/local/bin/tide storm "$count" /usr/bin/true; echo done; done';

export async function startSpawner(pier: Pier, image: string): Promise<Spawner> {
  const env = { ...process.env, DOCKER_HOST: `unix://${pier.engine.socket}` };
  const words = ['run', '-i', '--rm', '--network', 'none', '--entrypoint', '/bin/sh', image, '-c', script];
  const client = spawn('docker', words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: client.stdout });
  const rate = async (count: number): Promise<number> => {
    const started = performance.now();
    client.stdin.write(`${count}\n`);
    await once(lines, 'line', { signal: AbortSignal.timeout(120_000) });
    return (count * 1000) / (performance.now() - started);
  };
  await rate(1);
  return { rate, close: () => client.stdin.end() };
}
