import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { asksPlugin } from './trial.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-stuck-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['says nothing', ''],
  ['stops in the middle of its answer', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\n{'],
])(
  'an engine that %s is not waited for',
  async (_, words) => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.write(words);
    });
    const socket = join(folder, `${words.length}.sock`);
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      await expect(asksPlugin(socket, 300)).rejects.toThrow();
    } finally {
      for (const one of open) one.destroy();
      server.close();
    }
  },
  5000,
);
