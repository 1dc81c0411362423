import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
