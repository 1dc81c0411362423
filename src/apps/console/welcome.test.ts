import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, accessSchema, createAccess } from '#access/console/index.ts';
import { silentLog, systemClock } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { welcome } from './welcome.ts';

const config = {
  origin: 'http://127.0.0.1:8083',
  plainHttp: false,
  newLink: 'seawall console --sign-in-link',
  stop: 'Ctrl-C stops it.',
};

describe('at its start a console', () => {
  let store: Store;
  let access: Access;
  beforeAll(async () => {
    store = await createTestStore([accessSchema]);
    access = createAccess({ store, clock: systemClock, log: silentLog, random: randomBytes });
    await access.ensureFirstUser();
  });
  afterAll(() => store.close());

  const links = async (): Promise<number> => {
    const { rows } = await sql`select from access.sign_in_link`.execute(store.query(accessSchema));
    return rows.length;
  };
  const givePassword = async (disabled: boolean): Promise<void> => {
    await sql`update access."user" set password = 'x', disabled = ${disabled}`.execute(store.query(accessSchema));
  };

  test('prints a link to a log while nobody has a password, and to a terminal always', async () => {
    expect(await welcome(access, config, {})).toMatch(/\/sign-in#\S{43}\n/);
    await givePassword(false);
    for (const seen of ['errors', 'both'] as const)
      expect(await welcome(access, config, { seen })).toMatch(/\/sign-in#\S{43}\n/);
  });

  test('prints and makes none to a log or pipe once somebody has a password', async () => {
    await givePassword(false);
    const before = await links();
    for (const terminal of [{}, { seen: 'output' as const }]) {
      const said = await welcome(access, config, terminal);
      expect(said).not.toContain('sign-in#');
      expect(said).toContain('Sign in with name and password.');
      expect(said).toContain('console --sign-in-link');
    }
    expect(await links()).toBe(before);
  });

  test('warns where passwords cross the network in the clear', async () => {
    await givePassword(false);
    expect(await welcome(access, config, {})).not.toContain('plain HTTP');
    expect(await welcome(access, { ...config, plainHttp: true }, {})).toContain('plain HTTP');
  });
});
