import { existsSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { showAlive } from './alive.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-alive-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'alive-mine');

test('an agent shows again and again that it is alive, and no more once it ended', async () => {
  writeFileSync(join(folder, 'alive-gone'), '');
  writeFileSync(join(folder, 'sensor.sock'), '');
  const end = showAlive(folder, 'mine', 20);
  utimesSync(file, 0, 0);
  await vi.waitFor(() => expect(statSync(file).mtimeMs).toBeGreaterThan(0));
  expect(existsSync(join(folder, 'alive-gone'))).toBe(false);
  expect(existsSync(join(folder, 'sensor.sock'))).toBe(true);
  end();
  expect(existsSync(file)).toBe(false);
});

test('where it cannot write, nothing fails, and it shows itself as soon as it can', async () => {
  const closed = join(folder, 'closed');
  writeFileSync(closed, '');
  const end = showAlive(closed, 'mine', 20);
  await new Promise((done) => setTimeout(done, 60));
  rmSync(closed);
  await vi.waitFor(() => expect(existsSync(join(closed, 'alive-mine'))).toBe(true));
  end();
});
