import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-clean-'));
  for (const name of ['state', 'cache/seawall', 'checkout/dist']) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'file'), 'x');
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `npm run clean` on folders of its own. */
function clean(...words: readonly string[]) {
  const env = { ...process.env, SEAWALL_STATE: join(folder, 'state'), XDG_CACHE_HOME: join(folder, 'cache') };
  const program = join(import.meta.dirname, 'clean.ts');
  return spawnSync(process.execPath, [program, '--checkout', join(folder, 'checkout'), ...words], {
    env,
    encoding: 'utf8',
    input: '',
  });
}

const all = ['state', 'cache/seawall', 'checkout/dist'];

test('npm run clean names what it would remove, and removes nothing that was not agreed to', () => {
  const { status, stdout } = clean();
  expect(status).toBe(2);
  for (const name of all) {
    expect(stdout).toContain(join(folder, name));
    expect(existsSync(join(folder, name))).toBe(true);
  }
});

test('npm run clean removes it when told so', () => {
  const { status, stdout } = clean('--yes');
  expect(status).toBe(0);
  for (const name of all) {
    expect(stdout).toContain(join(folder, name));
    expect(existsSync(join(folder, name))).toBe(false);
  }
  expect(clean('--yes').status).toBe(0);
});
