import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
  return cleanState(join(folder, 'state'), ...words);
}

function cleanState(state: string, ...words: readonly string[]) {
  const home = join(folder, 'home');
  const env = { ...process.env, SEAWALL_STATE: state, XDG_CACHE_HOME: join(folder, 'cache'), HOME: home };
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

test('npm run clean leaves what a running agent or an installed gate stands on', () => {
  const agent = join(folder, 'state/agent/default');
  mkdirSync(agent, { recursive: true });
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const lock = join(agent, 'agent.lock');
  writeFileSync(lock, JSON.stringify({ pid: process.pid, start }));
  expect(clean('--yes')).toMatchObject({ status: 2, stdout: '' });
  writeFileSync(lock, JSON.stringify({ pid: process.pid, start: `${start}0` }));
  mkdirSync(join(folder, 'state/gate'));
  writeFileSync(join(folder, 'state/gate/install.json'), '{}');
  expect(clean('--yes')).toMatchObject({ status: 2, stdout: '' });
  expect(existsSync(lock)).toBe(true);
  rmSync(join(folder, 'state/gate/install.json'));
  expect(clean('--yes').status).toBe(0);
});

test.each(['home', '.', 'checkout'])('npm run clean removes no folder that holds more than its own: %s', (name) => {
  mkdirSync(join(folder, 'home'));
  expect(cleanState(join(folder, name), '--yes')).toMatchObject({ status: 2, stdout: '' });
  for (const kept of [...all, 'home']) expect(existsSync(join(folder, kept))).toBe(true);
});

test('npm run clean follows no link', () => {
  mkdirSync(join(folder, 'other'));
  writeFileSync(join(folder, 'other/large'), 'x'.repeat(3 * 1024 ** 2));
  symlinkSync(join(folder, 'other'), join(folder, 'state/link'));
  for (const name of ['one', 'two']) symlinkSync('.', join(folder, 'state', name));
  const { status, stdout } = clean('--yes');
  expect(status).toBe(0);
  expect(stdout).toContain(`${join(folder, 'state')} (0.0 MB)`);
  expect(existsSync(join(folder, 'other/large'))).toBe(true);
});
