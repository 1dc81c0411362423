import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeMasterKey, readMasterKey } from './master-key.ts';
import { seal, unseal } from './seal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-key-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('makes the key once, for its owner alone', async () => {
  const file = join(folder, 'keys/master.key');
  expect(() => readMasterKey(file)).toThrow(expect.objectContaining({ code: 'master-key-missing' }));
  const key = makeMasterKey(file);
  expect(makeMasterKey(file)).toEqual(key);
  expect(key).toHaveLength(32);
  expect(readMasterKey(file)).toEqual(key);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file)).toEqual(key);
  expect(await readdir(join(folder, 'keys'))).toEqual(['master.key']);
});

it('refuses a file of another length, and one that everyone can read', async () => {
  const file = join(folder, 'short.key');
  await writeFile(file, 'short', { mode: 0o600 });
  for (const use of [readMasterKey, makeMasterKey])
    expect(() => use(file)).toThrow(expect.objectContaining({ code: 'master-key-wrong' }));
  const open = join(folder, 'open.key');
  makeMasterKey(open);
  await chmod(open, 0o644);
  expect(() => readMasterKey(open)).toThrow(
    expect.objectContaining({ code: 'master-key-wrong', next: `Run \`chmod 600 ${open}\`.` }),
  );
});

it('opens what it sealed, for its purpose alone, and nothing that was changed', () => {
  const key = Buffer.alloc(32, 1);
  const sealed = seal(key, Buffer.from('harbour'), 'one');
  expect(String(unseal(key, sealed, 'one'))).toBe('harbour');
  expect(() => unseal(key, sealed, 'two')).toThrow();
  expect(() => unseal(Buffer.alloc(32, 2), sealed, 'one')).toThrow();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => unseal(key, changed, 'one')).toThrow();
  }
});
