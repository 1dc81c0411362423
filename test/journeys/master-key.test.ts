import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentOf, makeStateFolder, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
const file = join(state.folder, 'keys/master.key');
const env = environmentOf(state.folder) as Record<string, string>;

beforeAll(async () => {
  await (await startConsole({ state: state.folder })).end('SIGTERM');
});
afterAll(() => state.remove());

const start = () => runSeawall(['console', '--port', '0', '--link-port', '0', '--no-local-scan'], { env });

describe('a console without its master key', { timeout: 300_000 }, () => {
  test('says so and makes none in its place', async () => {
    renameSync(file, `${file}.away`);
    const run = await start();
    expect(run).toMatchObject({ code: 2 });
    expect(run.stderr).toContain('[master-key-missing]');
    expect(run.stderr).toContain('seawall console --reset-keys');
    expect(existsSync(file)).toBe(false);
  });

  test('says so where the key is another', async () => {
    writeFileSync(file, Buffer.alloc(32, 7), { mode: 0o600 });
    expect((await start()).stderr).toContain('[master-key-wrong]');
    rmSync(file);
  });

  test('discards nothing before somebody agreed', async () => {
    const run = await runSeawall(['console', '--reset-keys'], { env });
    expect(run).toMatchObject({ code: 2 });
    expect(run.stderr).toContain('This discards for ever:');
    expect(run.stderr).toContain('--yes');
    expect(existsSync(file)).toBe(false);
  });

  test('goes on with new keys, and the trail says so', async () => {
    writeFileSync(file, Buffer.alloc(32, 7), { mode: 0o600 });
    const run = await runSeawall(['console', '--reset-keys', '--yes'], { env });
    expect(run).toMatchObject({ code: 0 });
    expect(
      readdirSync(join(state.folder, 'keys')).filter((name) => name.startsWith('master.key.discarded-')),
    ).toHaveLength(1);
    const seawall = await startConsole({ state: state.folder });
    try {
      const found = await runSeawall(['audit', 'verify'], { env });
      expect(found).toMatchObject({ code: 0 });
      expect(found.stderr).toMatch(/The keys were discarded on \S+: entries up to \d+ cannot be proven/);
      expect((await runSeawall(['console', '--reset-keys', '--yes'], { env })).stderr).toContain('[already-running]');
    } finally {
      await seawall.end('SIGTERM');
    }
  });
});
