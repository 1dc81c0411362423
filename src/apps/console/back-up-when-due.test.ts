import { describe, expect, test } from 'vitest';
import { backupEnvironment } from './back-up-when-due.ts';

const folders = { stateFolder: '/state', masterKeyFile: '/keys/master' };
const own = { SEAWALL_STATE: '/state', SEAWALL_KEY_FILE: '/keys/master' };

describe('the environment of a scheduled backup', () => {
  test('reaches the same database in the same way, and holds nothing else of the console', () => {
    const url = 'postgres://seawall@db.example/seawall';
    const reaching = {
      PATH: '/bin',
      HOME: '/home/one',
      PGPASSWORD: 'secret',
      PGSSLMODE: 'verify-full',
      NODE_EXTRA_CA_CERTS: '/ca',
    };
    const env = {
      ...reaching,
      NODE_OPTIONS: '--inspect',
      SEAWALL_TOKEN: 'secret',
      SEAWALL_DATABASE_URL: 'another',
      XPGHOST: 'x',
    };
    const given = backupEnvironment({ ...folders, store: { kind: 'url', url } }, env);
    expect(given).toEqual({ ...own, ...reaching, SEAWALL_DATABASE_URL: url });
  });

  test('names no other database where the console has its own', () => {
    expect(
      backupEnvironment({ ...folders, store: { kind: 'embedded' } as never }, { SEAWALL_DATABASE_URL: 'another' }),
    ).toEqual(own);
  });
});
