import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callRuntime } from './trial.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-runtime-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a runtime that is killed holds nobody up, whatever it started', async () => {
  const program = join(folder, 'runc');
  writeFileSync(program, '#!/bin/sh\nsleep 20 &\nkill -9 $$\n');
  chmodSync(program, 0o755);
  const began = performance.now();
  await expect(callRuntime(program, folder, 'x')).rejects.toThrow('it was ended by SIGKILL');
  expect(performance.now() - began).toBeLessThan(10_000);
});
