import { mkdirSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '#base/index.ts';

/**
 * Lets one command at a time work on a gate. The lock is a name in the kernel, so it ends with its process however that
 * ends. Throws `AppError` `conflict`.
 */
export async function withGateLock<Value>(gateFolder: string, work: () => Value | Promise<Value>): Promise<Value> {
  mkdirSync(gateFolder, { recursive: true, mode: 0o700 });
  const { dev, ino } = statSync(gateFolder);
  const server = createServer().listen(`\0seawall-gate-${dev}-${ino}`);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('conflict', `Another command works on the gate of ${gateFolder}.`, {
      next: 'Wait for its end, then run the command again.',
      cause,
    });
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}
