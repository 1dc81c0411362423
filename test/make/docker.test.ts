import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startTestEngine } from './docker.ts';

test('an engine of a test leaves nothing behind, mounted or not', async () => {
  const engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  const place = join(dirname(engine.root), 'left');
  mkdirSync(place);
  expect(spawnSync('mount', ['--bind', place, place]).status).toBe(0);
  await engine.stop();
  expect(existsSync(dirname(engine.root))).toBe(false);
});
