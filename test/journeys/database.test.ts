import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerArchive } from '../make/image.ts';
import { npmPackage } from '../make/packages.ts';
import { makeTar } from '../make/tar.ts';
import { feedsFolder, type FullDatabase, fullDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';
let image = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-journey-'));
  image = join(folder, 'image.tar');
  writeFileSync(image, dockerArchive([makeTar([npmPackage('get-func-name', '2.0.0')])]).bytes);
  database = await fullDatabase();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Scans the image as a user whose keys lie in `state`. */
function scan(state: string, ...words: readonly string[]): Promise<Run> {
  const env = { SEAWALL_STATE: state, XDG_CACHE_HOME: join(folder, 'cache') };
  return runSeawall(['scan', image, '--format', 'json', ...words], { env, cwd: folder });
}

function trusting(): string {
  return database.env['SEAWALL_STATE'] ?? '';
}

async function changedCopy(name: string, change: (path: string) => Promise<void> | void): Promise<string> {
  const path = join(folder, name);
  copyFileSync(database.path, path);
  await change(path);
  return path;
}

describe('a scan without a database', () => {
  it('lists the packages, says what is missing and cannot judge', async () => {
    const run = await scan(folder);
    const result = JSON.parse(run.stdout);
    expect(result.packages).toMatchObject([{ name: 'get-func-name', version: '2.0.0' }]);
    expect(result).not.toHaveProperty('database');
    expect(result.verdict.kind).toBe('cannot-judge');
    expect([run.code, run.lastLine]).toEqual([3, expect.stringMatching(/^cannot-judge: .*seawall db build/)]);
  });
});

describe('a database is believed only when a known key signed it', () => {
  it('whoever built it', async () => {
    expect(await scan(trusting(), '--db', database.path)).toMatchObject({ code: 1 });
  });

  it('not when another user built it, unless its key is named or any key will do', async () => {
    const run = await scan(folder, '--db', database.path);
    expect([run.code, run.stdout]).toEqual([3, '']);
    expect(run.lastLine).toContain('[database-untrusted]');
    expect(run.stderr).toContain('--db-key');
    const key = join(trusting(), 'keys/database.pub');
    expect(await scan(folder, '--db', database.path, '--db-key', key)).toMatchObject({ code: 1 });
    const allowed = await scan(folder, '--db', database.path, '--allow-unsigned-db');
    expect([allowed.code, JSON.parse(allowed.stdout).database.signature.trusted]).toEqual([1, false]);
  });

  it('not without a signature, unless that is accepted', async () => {
    const unsigned = await changedCopy('unsigned.db', async (path) => {
      const handle = await open(path, 'r+');
      const { size } = await handle.stat();
      const { buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, size - 4096);
      const trailer = buffer.indexOf('seawall', 0, 'latin1');
      await handle.truncate(size - 4096 + trailer);
      await handle.close();
    });
    expect(await scan(trusting(), '--db', unsigned)).toMatchObject({
      code: 3,
      lastLine: expect.stringContaining('is not signed'),
    });
    expect(await scan(trusting(), '--db', unsigned, '--allow-unsigned-db')).toMatchObject({ code: 1 });
  });

  it.each([0.1, 0.5, 0.9])('never when one byte was changed (at %d of it)', async (part) => {
    const tampered = await changedCopy(`tampered-${part}.db`, async (path) => {
      const handle = await open(path, 'r+');
      const at = Math.floor((await handle.stat()).size * part);
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
      await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
      await handle.close();
    });
    for (const words of [[], ['--allow-unsigned-db']]) {
      const run = await scan(trusting(), '--db', tampered, ...words);
      expect([run.code, run.stdout]).toEqual([3, '']);
      expect(run.lastLine).toContain('[database-untrusted]');
    }
  });

  it('never when it is cut, or no database at all', async () => {
    const cut = await changedCopy('cut.db', (path) => truncateSync(path, 1_000_000));
    expect(await scan(trusting(), '--db', cut)).toMatchObject({ code: 3, stdout: '' });
    const forced = await scan(trusting(), '--db', cut, '--allow-unsigned-db');
    expect([forced.code, forced.stdout]).toEqual([3, '']);
    expect(forced.stderr).not.toMatch(/^\s+at /m);
    writeFileSync(join(folder, 'text.db'), 'no database\n');
    const text = await scan(trusting(), '--db', join(folder, 'text.db'), '--allow-unsigned-db');
    expect([text.code, text.lastLine]).toEqual([3, expect.stringContaining('[database-unreadable]')]);
  });
});

describe('db', () => {
  it('info tells sources, counts, ages and who signed it', async () => {
    const run = await runSeawall(['db', 'info', '--db', database.path, '--format', 'json'], { env: database.env });
    const info = JSON.parse(run.stdout);
    expect(run.code).toBe(0);
    expect(info.signature).toMatchObject({ trusted: true });
    const ids = info.sources.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['Debian:13', 'Alpine:v3.20', 'AlmaLinux:9', 'npm', 'Maven', 'KEV', 'EPSS', 'CVSS']),
    );
    const table = await runSeawall(['db', 'info', '--db', database.path], { env: database.env });
    expect(table.stdout).toMatch(/Debian:13\s+\d+\s+\d{4}-\d\d-\d\d/);
    expect(table.stdout).toContain('trusted here');
  });

  it('build says what it cannot build from, and leaves nothing behind', async () => {
    const out = join(folder, 'none.db');
    const missing = await runSeawall(['db', 'build', '--feeds', join(folder, 'no-feeds'), '--out', out], {
      env: { SEAWALL_STATE: join(folder, 'builder') },
    });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/\[feeds-unavailable\]|\[feed-corrupt\]/);
    expect(existsSync(out)).toBe(false);
  });

  it('import takes a database over once its key is named, and the next scan uses it', async () => {
    const state = join(folder, 'importer');
    mkdirSync(state);
    const env = { SEAWALL_STATE: state };
    const refused = await runSeawall(['db', 'import', database.path], { env });
    expect(refused).toMatchObject({ code: 3, lastLine: expect.stringContaining('[database-untrusted]') });
    expect(existsSync(join(state, 'vulnerability.db'))).toBe(false);
    const key = join(trusting(), 'keys/database.pub');
    expect(await runSeawall(['db', 'import', database.path, '--db-key', key], { env })).toMatchObject({ code: 0 });
    expect(await scan(state, '--db-key', key)).toMatchObject({ code: 1 });
  });

  it('build of one feed speaks for that ecosystem only', async () => {
    const feeds = join(folder, 'feeds');
    mkdirSync(feeds);
    symlinkSync(join(feedsFolder(), 'Maven'), join(feeds, 'Maven'));
    const state = join(folder, 'maven-only');
    const out = join(folder, 'maven.db');
    const built = await runSeawall(['db', 'build', '--feeds', feeds, '--out', out], { env: { SEAWALL_STATE: state } });
    expect(built.code).toBe(0);
    const run = await scan(state, '--db', out);
    expect(JSON.parse(run.stdout).faults).toMatchObject([{ code: 'no-advisory-data' }]);
    expect([run.code, run.lastLine]).toEqual([3, expect.stringMatching(/^cannot-judge: .*npm/)]);
  });
});
