import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { takeBackup } from './backup.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-stopped-'));
afterAll(() => rmSync(folder, { recursive: true }));

const request = { stateFolder: folder, file: join(folder, 'one.backup'), keyFile: join(folder, 'key') };

test('a console that is stopped is backed up by the PostgreSQL that it starts itself', async () => {
  writeFileSync(request.keyFile, 'a passphrase of the tests', { mode: 0o600 });
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys/master.key'), 'any');
  await expect(takeBackup({ ...request, env: {} })).rejects.toMatchObject({ code: 'store-unavailable' });
  mkdirSync(join(folder, 'postgres'));
  await expect(takeBackup({ ...request, env: { SEAWALL_POSTGRES: folder } })).rejects.toMatchObject({
    code: 'store-unavailable',
    message: `${folder}/bin/postgres does not tell its version.`,
  });
});

test('a console that starts or ends is waited for by whoever asked', async () => {
  const ground = mkdtempSync(join(folder, 'starting-'));
  mkdirSync(join(ground, 'postgres'));
  mkdirSync(join(ground, 'keys'));
  writeFileSync(join(ground, 'keys/master.key'), 'any');
  writeFileSync(request.keyFile, 'a passphrase of the tests', { mode: 0o600 });
  const holder = new DatabaseSync(join(ground, 'postgres/owner.lock'));
  try {
    holder.exec('begin exclusive');
    await expect(takeBackup({ ...request, stateFolder: ground, env: {} })).rejects.toMatchObject({
      code: 'already-running',
      message: `The console of ${ground} is starting or ending.`,
      next: 'Try again once it serves, or once it has ended.',
    });
  } finally {
    holder.close();
  }
});
