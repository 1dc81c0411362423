import { mkdtempSync, readFileSync, rmSync, statSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Address } from '../database.ts';
import { createTestDatabase } from '../testing.ts';
import { readBackup, writeBackup } from './backup-file.ts';
import { readDefinitions, schemasOf } from './definitions.ts';
import { restoreBackup } from './restore-backup.ts';
import { withSession } from './session.ts';

const secret = Buffer.from('a passphrase of the tests');
const folder = mkdtempSync(join(tmpdir(), 'seawall-backup-test-'));
const file = join(folder, 'one.backup');
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true });
});

async function database(): Promise<Address> {
  const made = await createTestDatabase();
  closers.push(made.close);
  return made.address;
}

async function query(address: Address, text: string): Promise<readonly Record<string, unknown>[]> {
  return await withSession(address, async (client) => (await client.query(text)).rows);
}

/** Of all that PostgreSQL has, what the product's schemas use or might. */
const statements = [
  `create schema store`,
  `create table store.migration (domain text, name text, applied_at timestamptz not null default now(), primary key (domain, name))`,
  `insert into store.migration values ('odd "schema"', '0001'), ('store', '0001')`,
  `create schema "odd ""schema"""`,
  `set search_path = "odd ""schema"""`,
  `create type mood as enum ('good', 'it''s bad')`,
  `create sequence counter as integer start 5 increment 3 maxvalue 5000 cycle`,
  `create function twice(value integer) returns integer language sql immutable as 'select value * 2'`,
  `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'append; only'; end $$`,
  `create table "a;b" ("c""d" text collate "C" not null default 'x''y', id bigint generated always as identity (start 7),
     mood mood default 'good', n integer not null default nextval('counter'), double integer generated always as (n * 2) stored,
     bytes bytea, doc jsonb, list text[], at timestamptz, exact numeric, part double precision,
     primary key (id), unique ("c""d"), constraint "n; positive" check (n > 0)) with (fillfactor = 80)`,
  `create table child (of bigint references "a;b" deferrable initially deferred, kind text, primary key (of, kind))`,
  `create index "an index" on child (lower(kind) desc) where kind <> 'none'`,
  `create table log (at timestamptz not null, n bigint not null, text text check (length(text) < 5000), primary key (at, n))
     partition by range (at)`,
  `create table log_other partition of log default`,
  `create table log_2026 partition of log for values from ('2026-01-01') to ('2027-01-01')`,
  `create index log_text on log (text)`,
  `create trigger append_only before update on "a;b" for each row execute function refuse()`,
  `create table owned (id serial primary key)`,
  `create table empty ()`,
  `insert into "a;b" ("c""d", bytes, doc, list, at, exact, part) values
     ('tab\tnew\nline \\ back \\. end', '\\x00ff', '{"a": "\\u00e9\\n"}', '{"a,b",null,"q\\""}', '2026-01-01 00:00:00.123456+02',
      12345678901234567890.123456789, 0.1),
     (E'\\\\.', null, null, null, 'infinity', 'NaN', 'Infinity')`,
  `insert into child select 7, 'k' || n from generate_series(1, 3000) as n`,
  `insert into log select '2025-12-31'::timestamptz + n * interval '1 hour', n, repeat('x', n % 400) from generate_series(1, 5000) as n`,
  `insert into owned default values`,
] as const;

async function filled(): Promise<Address> {
  const address = await database();
  const client = new pg.Client({ ...address });
  await client.connect();
  for (const one of statements) await client.query(one);
  await client.end();
  return address;
}

const source = (address: Address) => ({ address, version: '0.0.1', keys: [{ name: 'master.key', content: 'AAAA' }] });

async function restore(from: string, address: Address) {
  const kept: string[] = [];
  await restoreBackup({
    file: from,
    secret,
    address,
    content: await readBackup(from, secret),
    keepKeys: async (keys) => void kept.push(...keys.map(({ name, content }) => `${name} ${content}`)),
    vulnerabilityDatabase: join(folder, 'vulnerability.db'),
    progress: () => undefined,
  });
  return kept;
}

/** Everything that a database says of itself and holds, but for what a restore leaves. */
async function stateOf(address: Address) {
  return await withSession(address, async (client) => {
    const { before, after, tables, sequences } = await readDefinitions(client, await schemasOf(client));
    const own = tables.filter(({ name }) => name !== 'restored');
    const rows: Record<string, unknown> = {};
    for (const { schema, name } of own) {
      const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
      const { rows: found } = await client.query(`select t::text as row from ${table} as t order by 1`);
      rows[table] = found.map(({ row }) => row);
    }
    const without = (lines: readonly string[]) => lines.filter((line) => !line.includes('restored'));
    return {
      before: without(before),
      after: without(after),
      rows,
      sequences: sequences.filter(({ name }) => !name.includes('restored')),
    };
  });
}

describe('a backup', () => {
  let from: Address;
  beforeAll(async () => {
    from = await filled();
    await writeBackup(source(from), { file, secret }, () => undefined);
  }, 60_000);

  test('is restored as it was: definitions, rows of all types, partitions, values of sequences', async () => {
    const to = await database();
    expect(await restore(file, to)).toEqual(['master.key AAAA']);
    expect(await stateOf(to)).toEqual(await stateOf(from));
    expect((await query(to, `select id from "odd ""schema""".log_2026, "odd ""schema""".owned limit 1`)).length).toBe(
      1,
    );
    await expect(query(to, `update "odd ""schema"""."a;b" set n = 2`)).rejects.toThrow('append; only');
    const [next] = await query(to, `insert into "odd ""schema"""."a;b" ("c""d") values ('n') returning id, n`);
    expect(next).toEqual({ id: '9', n: 11 });
  });

  test('says what it holds', async () => {
    const { header, end, keys, tables } = await readBackup(file, secret);
    expect(header).toMatchObject({ seawall: '0.0.1', postgres: 18 });
    expect(header.migrations).toContainEqual({ domain: 'odd "schema"', name: '0001' });
    expect(keys).toEqual(['master.key']);
    expect(end).toMatchObject({ rows: 2 + 2 + 3000 + 5000 + 1, keys: 1 });
    expect(tables.map(({ name }) => name)).toContain('odd "schema".log_2026');
  });

  test('is for its owner alone, and holds nothing that can be read', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(file).toString('latin1');
    for (const word of ['store', 'migration', 'master', 'create']) expect(bytes).not.toContain(word);
  });

  test('is refused where anything of the store is, and leaves it as it is', async () => {
    const to = await filled();
    const before = await stateOf(to);
    await expect(restore(file, to)).rejects.toMatchObject({
      code: 'restore-not-empty',
      message: expect.stringContaining('odd "schema" ('),
    });
    expect(await stateOf(to)).toEqual(before);
  });

  test('holds the vulnerability database where that is wanted, and restores it', async () => {
    const [kept, held] = [join(folder, 'held.db'), join(folder, 'held.backup')];
    writeFileSync(kept, Buffer.alloc(700_000, 'advisory'));
    await writeBackup({ ...source(from), vulnerabilityDatabase: kept }, { file: held, secret }, () => undefined);
    await restore(held, await database());
    const restored = join(folder, 'vulnerability.db');
    expect(readFileSync(restored).equals(readFileSync(kept))).toBe(true);
    for (const one of [restored, kept, held]) rmSync(one);
  });

  test('does not take the place of a good one when it fails', async () => {
    const good = readFileSync(file);
    const broken = await database();
    await expect(writeBackup(source(broken), { file, secret }, () => undefined)).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await query(broken, `create schema store`);
    await query(broken, `create table store.migration as select 'store' as domain, 'x' as name`);
    await query(broken, `create view store.seen as select 1 as one`);
    await expect(writeBackup(source(broken), { file, secret }, () => undefined)).rejects.toThrow('the view store.seen');
    expect(readFileSync(file).equals(good)).toBe(true);
    expect(readdirSync(folder)).toEqual(['one.backup']);
  });
});
