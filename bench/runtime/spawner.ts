import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Pier } from '../../test/lab/pier.ts';

/** A container whose own first program starts others when it is told to, as an application does. */
export interface Spawner {
  readonly pid: number;
  /** Starts so many programs, one after the other. */
  start(count: number): Promise<void>;
  close(): void;
}

const script = 'while read -r count; do /usr/local/bin/tide storm "$count" /usr/bin/true; echo done; done';
const name = 'spawner';

export async function startSpawner(pier: Pier, image: string): Promise<Spawner> {
  const env = { ...process.env, DOCKER_HOST: `unix://${pier.engine.socket}` };
  const words = ['run', '-i', '--rm', '--name', name, '--network', 'none', '--entrypoint', '/bin/sh', image];
  const client = spawn('docker', [...words, '-c', script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: client.stdout });
  const start = async (count: number): Promise<void> => {
    client.stdin.write(`${count}\n`);
    await once(lines, 'line', { signal: AbortSignal.timeout(120_000) });
  };
  await start(1);
  const pid = Number(await pier.docker('inspect', '--format', '{{.State.Pid}}', name));
  return { pid, start, close: () => client.stdin.end() };
}
