import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Address } from '../database.ts';
import { createTestDatabase } from '../testing.ts';
import { readBackup, writeBackup } from './backup-file.ts';
import { restoreBackup } from './restore-backup.ts';
import { withSession } from './session.ts';

/* A store that is written to all the time, and programs that are killed in the midst. */

const secret = Buffer.from('a passphrase of the tests');
const folder = mkdtempSync(join(tmpdir(), 'seawall-load-'));
const file = join(folder, 'one.backup');
const accounts = 200;
let from: Address;
const closers: (() => Promise<void>)[] = [];

async function database(): Promise<Address> {
  const made = await createTestDatabase();
  closers.push(made.close);
  return made.address;
}
const query = async (address: Address, text: string) =>
  await withSession(address, async (client) => (await client.query(text)).rows);

beforeAll(async () => {
  from = await database();
  for (const text of [
    'create schema store',
    'create table store.migration (domain text, name text)',
    `insert into store.migration values ('bank', '1')`,
    'create schema bank',
    'create table bank.account (id integer primary key, sum bigint not null)',
    `insert into bank.account select n, 1000 from generate_series(1, ${accounts}) as n`,
    'create table bank.move (id bigint generated always as identity primary key, source integer, target integer, sum bigint, pad text)',
    `insert into bank.move (source, target, sum, pad) select 1, 1, 0, repeat(md5(n::text), 10) from generate_series(1, 60000) as n`,
    'create table bank.written (moves bigint not null)',
    'insert into bank.written values (60000)',
  ])
    await query(from, text);
}, 60_000);
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true });
});

/** Moves money between accounts and notes it in three tables, until it is told to end. Gives how often. */
async function moveUntil(ended: AbortSignal): Promise<number> {
  const client = new pg.Client({ ...from });
  await client.connect();
  let moves = 0;
  for (; !ended.aborted; moves++) {
    const [source, target] = [1 + (moves % accounts), 1 + ((moves * 7 + 1) % accounts)];
    await client.query(`begin; update bank.account set sum = sum - 1 where id = ${source};
      insert into bank.move (source, target, sum) values (${source}, ${target}, 1);
      update bank.account set sum = sum + 1 where id = ${target}; update bank.written set moves = moves + 1; commit`);
  }
  await client.end();
  return moves;
}

const restore = async (address: Address, name = file): Promise<void> =>
  await restoreBackup({
    file: name,
    secret,
    address,
    content: await readBackup(name, secret),
    keepKeys: async () => undefined,
    vulnerabilityDatabase: join(folder, 'v.db'),
    progress: () => undefined,
  });

describe('a store that is written to', { timeout: 120_000 }, () => {
  test('is copied as it was at one moment: what holds between tables holds in the copy', async () => {
    const ended = new AbortController();
    const moving = moveUntil(ended.signal);
    const source = { address: from, version: '1', keys: [] };
    await writeBackup(source, { file, secret }, () => undefined).finally(() => ended.abort());
    expect(await moving).toBeGreaterThan(0);
    const to = await database();
    await restore(to);
    const [sums] = await query(
      to,
      `select (select sum(sum) from bank.account)::int as total,
      (select count(*) from bank.move)::int as moves, (select moves from bank.written)::int as written,
      (select count(*) from bank.account a left join (
        select account, sum(change) as change from (
          select source as account, -sum as change from bank.move union all select target, sum from bank.move) as each
        group by account) as moved on moved.account = a.id where a.sum <> 1000 + coalesce(moved.change, 0))::int as wrong`,
    );
    const { moves } = sums as { moves: number };
    expect(sums).toEqual({ total: accounts * 1000, moves, written: moves, wrong: 0 });
    // The next one is numbered above all that were copied.
    const [next] = await query(to, 'insert into bank.move (sum) values (0) returning id::int as id');
    expect((next as { id: number }).id).toBeGreaterThan(moves);
  });

  test('keeps nobody who works on it waiting', async () => {
    const waits: number[] = [];
    const ended = new AbortController();
    const working = (async () => {
      const client = new pg.Client({ ...from, statement_timeout: 5000 });
      await client.connect();
      for (; !ended.signal.aborted; ) {
        const began = performance.now();
        await client.query('update bank.written set moves = moves');
        waits.push(performance.now() - began);
      }
      await client.end();
    })();
    const source = { address: from, version: '1', keys: [] };
    await writeBackup(source, { file: join(folder, 'two.backup'), secret }, () => undefined).finally(() =>
      ended.abort(),
    );
    await working;
    expect(Math.max(...waits)).toBeLessThan(5000);
  });
});

/** A program of its own, to be killed. */
const program = (work: string): string => `
  import { writeBackup, readBackup } from '${import.meta.dirname}/backup-file.ts';
  import { restoreBackup } from '${import.meta.dirname}/restore-backup.ts';
  const secret = Buffer.from(${JSON.stringify(secret.toString())});
  process.stdout.write('began');
  ${work}`;

async function killed(work: string, after: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(work)], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, after));
  child.kill('SIGKILL');
  await ended;
}

describe('a program that is killed', { timeout: 180_000 }, () => {
  test('while it writes a backup leaves the good one, and what it left goes with a later one', async () => {
    const good = readFileSync(file);
    const source = JSON.stringify({ address: from, version: '1', keys: [] });
    for (const after of [50, 900, 1800])
      await killed(`await writeBackup(${source}, { file: ${JSON.stringify(file)}, secret }, () => undefined);`, after);
    const left = readdirSync(folder).filter((name) => name.endsWith('.partial'));
    if (left.length === 0) expect((await readBackup(file, secret)).end.tables).toBe(4);
    else if (!readFileSync(file).equals(good)) expect((await readBackup(file, secret)).end.tables).toBe(4);
    const old = new Date(Date.now() - 3_600_000);
    writeFileSync(join(folder, `.seawall-backup-999999-00000000-0000-4000-8000-000000000000.partial`), 'x');
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.partial')))
      utimesSync(join(folder, name), old, old);
    await writeBackup({ address: from, version: '1', keys: [] }, { file, secret }, () => undefined);
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('while it restores leaves nothing, so that it can be repeated', async () => {
    const to = await database();
    const request = JSON.stringify({ file, address: to, vulnerabilityDatabase: join(folder, 'v.db') });
    const work = `await restoreBackup({ ...${request}, secret, content: await readBackup(${JSON.stringify(file)}, secret),
      keepKeys: async () => await new Promise(() => setInterval(() => undefined, 1000)), progress: () => undefined });`;
    await killed(work, 6000);
    await expect
      .poll(
        async () =>
          (
            await query(
              to,
              `select count(*)::int as n from pg_stat_activity where application_name = 'seawall-backup' and datname = current_database()`,
            )
          )[0],
        { timeout: 20_000 },
      )
      .toEqual({ n: 1 });
    expect(await query(to, `select nspname from pg_namespace where nspname in ('bank', 'store')`)).toEqual([]);
    await restore(to);
    expect((await query(to, 'select count(*)::int as n from bank.account'))[0]).toEqual({ n: accounts });
  });
});
