import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { spool } from './spool.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-test-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

it('leaves no file behind, even for a process that is killed', async () => {
  const spooled = await spool(parts('a', 'b', 'c'), { limit: 3, target: 'x' });
  expect(readdirSync(folder)).toEqual([]);
  expect(readFileSync(spooled.file, 'utf8')).toBe('abc');
  expect(await readByThread(spooled.file)).toBe('abc');
  await spooled.remove();
});

it('stops at the limit and when the stream breaks off, and leaves nothing', async () => {
  await expect(spool(parts('ab', 'cd'), { limit: 3, target: 'x' })).rejects.toMatchObject({
    code: 'target-unreadable',
  });
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* parts('ab');
    throw new Error('gone');
  }
  await expect(spool(broken(), { limit: 3, target: 'x' })).rejects.toMatchObject({ code: 'target-corrupt' });
  expect(readdirSync(folder)).toEqual([]);
});

function readByThread(path: string): Promise<unknown> {
  const code = `require('node:worker_threads').parentPort.postMessage(require('node:fs').readFileSync(${JSON.stringify(path)}, 'utf8'))`;
  return new Promise((resolve, reject) =>
    new Worker(code, { eval: true }).once('message', resolve).once('error', reject),
  );
}
