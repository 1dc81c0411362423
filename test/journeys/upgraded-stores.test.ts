import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { consoleSchemas } from '#apps/console/compose.ts';
import { openStore, type Store } from '#store/index.ts';
import { makeStateFolder } from './real-console.ts';
import { runSeawall } from './seawall.ts';

/*
 * Stores that earlier versions filled, as they were: v0.1 itself, and a commit before the tables of the explorer were renamed.
 * Each was made by running that version on the records of `test/versions/v0.1`, and backed up by this one.
 */

const work = makeStateFolder();
const keyFile = join(work.folder, 'key');
afterAll(() => work.remove());
beforeAll(() => writeFileSync(keyFile, 'a passphrase of the fixtures\n', { mode: 0o600 }));

const run = (words: readonly string[], state: string) =>
  runSeawall(words, { env: { SEAWALL_STATE: state, SEAWALL_BACKUP_KEY_FILE: keyFile } });
const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', `${name}.backup`);
const newState = (name: string): string => {
  const folder = join(work.folder, name);
  mkdirSync(folder, { mode: 0o711 });
  return folder;
};
const rowsOf = async (store: Store, text: string) =>
  (await sql.raw<Record<string, unknown>>(text).execute(store.query(consoleSchemas[0]))).rows;
/** What an upgrade must neither lose nor make: what people and agents said. */
const kept = `select
  (select count(*)::int from access."user") as users,
  (select count(*)::int from access.audit where action not in ('audit-sealed', 'backup-restored')) as entries,
  (select count(*)::int from access.collection) as collections, (select count(*)::int from inventory.host) as hosts,
  (select count(*)::int from inventory.container) as containers, (select count(*)::int from catalog.scan) as scans`;

describe.each(['v0.1', '2026-11-29'])('a store that %s filled', { timeout: 240_000 }, (name) => {
  const before: { kept?: unknown; migrations?: unknown } = {};

  test('is restored as it was, for going back to the version that filled it', async () => {
    const state = newState(`${name}-then`);
    const restored = await run(['restore', fixture(name), '--as-it-was'], state);
    expect(restored).toMatchObject({ code: 0 });
    const place = { kind: 'embedded', folder: state, durability: 'none' } as const;
    const store = await openStore({ place, schemas: [], log: silentLog });
    try {
      [before.kept] = await rowsOf(store, kept);
      const applied = await rowsOf(
        store,
        `select domain, name from store.migration where domain <> 'store' order by 1, 2`,
      );
      before.migrations = applied;
      const now = consoleSchemas.flatMap(({ migrations }) => Object.keys(migrations));
      expect(applied.length).toBeGreaterThan(15);
      expect(applied.length).toBeLessThan(now.length);
      expect(await rowsOf(store, 'select count(*)::int as count from access.session')).toEqual([{ count: 0 }]);
    } finally {
      await store.close();
    }
    // A backup of that is a backup of that version: nothing was brought up to date on the way.
    const again = join(work.folder, `${name}.again`);
    expect(await run(['backup', '--out', again], state)).toMatchObject({ code: 0 });
    const [first, second] = [
      await run(['restore', '--check', fixture(name)], state),
      await run(['restore', '--check', again], state),
    ];
    expect(/Migrations: \d+/.exec(second.stdout)?.[0]).toBe(/Migrations: \d+/.exec(first.stdout)?.[0]);
  });

  test('is brought to this version with all that it holds', async () => {
    const state = newState(`${name}-now`);
    expect(await run(['restore', fixture(name)], state)).toMatchObject({ code: 0 });
    expect(existsSync(join(state, 'keys/master.key'))).toBe(true);
    const place = { kind: 'embedded', folder: state, durability: 'none' } as const;
    const store = await openStore({ place, schemas: consoleSchemas, log: silentLog });
    try {
      expect(await rowsOf(store, kept)).toEqual([before.kept]);
      const applied = await rowsOf(store, 'select domain, name from store.migration');
      const missing = consoleSchemas.flatMap(({ name: domain, migrations }) =>
        Object.keys(migrations).filter(
          (one) => !applied.some((row) => row['domain'] === domain && row['name'] === one),
        ),
      );
      expect(missing).toEqual([]);
      expect(await shapeOf(store)).toEqual(await shapeOfNew());
    } finally {
      await store.close();
    }
  });
});

/** Columns of all tables of the domains, but for partitions of months, which come as time goes by. */
async function shapeOf(store: Store): Promise<readonly string[]> {
  const names = consoleSchemas.map(({ name }) => `'${name}'`).join(', ');
  const rows = await rowsOf(
    store,
    `select format('%s.%s.%s %s %s', table_schema, table_name, column_name, data_type, is_nullable) as line
     from information_schema.columns where table_schema in (${names}) and table_name !~ '_[0-9]{4}_[0-9]{2}$' order by 1`,
  );
  return rows.map(({ line }) => String(line));
}

let shape: readonly string[] | undefined;
async function shapeOfNew(): Promise<readonly string[]> {
  if (shape !== undefined) return shape;
  const place = { kind: 'embedded', folder: newState('new'), durability: 'none' } as const;
  const store = await openStore({ place, schemas: consoleSchemas, log: silentLog });
  shape = await shapeOf(store).finally(() => store.close());
  return shape;
}
