import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { startEmbedded } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-major-'));
// PostgreSQL’s own user enters it.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['data-17', '17'],
  ['data-19', '19'],
  // A folder that was renamed by hand.
  ['data-18', '17'],
])('a folder %s of PostgreSQL %s is refused with two commands, and left as it is', async (name, version) => {
  const home = join(folder, `${name}-${version}`);
  mkdirSync(join(home, 'postgres', name), { recursive: true });
  writeFileSync(join(home, 'postgres', name, 'PG_VERSION'), `${version}\n`);
  await expect(startEmbedded({ folder: home, durability: 'none', log: silentLog })).rejects.toMatchObject({
    code: 'store-unavailable',
    message: `${home} holds data of PostgreSQL ${version}, and this Seawall brings 18.`,
    next: expect.stringMatching(/`seawall backup .*`.*`SEAWALL_STATE=\S+ seawall restore .*`/),
  });
});
