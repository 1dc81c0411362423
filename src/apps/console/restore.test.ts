import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { accessSchema, createAccess, readRestored } from '#access/console/index.ts';
import { silentLog } from '#base/index.ts';
import { openMasterKey } from '#link/console/index.ts';
import { openStore, type Store } from '#store/index.ts';
import { createTestDatabase } from '#store/testing.ts';
import { backupName, isMisnamed, takeBackup } from './backup.ts';
import { consoleSchemas } from './compose.ts';
import { restore } from './restore.ts';

/* A backup with its vulnerability database, restored where consoles run, by older versions, and into what is not empty. */

const folder = mkdtempSync(join(tmpdir(), 'seawall-restore-test-'));
const [keyFile, file, newer] = ['backup.key', 'one.backup', 'newer.backup'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const vulnerabilityDatabase = join(folder, 'vulnerability.db');
let secret: string;
afterAll(() => rmSync(folder, { recursive: true }));

/** An empty database and a state folder of its own. */
async function newPlace() {
  const { address, close } = await createTestDatabase();
  onTestFinished(async () => await close().catch(() => undefined));
  return { stateFolder: mkdtempSync(join(folder, 'state-')), env: { SEAWALL_DATABASE_URL: urlOf(address) } };
}
type Place = Awaited<ReturnType<typeof newPlace>>;

function urlOf({
  host = '',
  user = '',
  database = '',
}: Readonly<Partial<Record<'host' | 'user' | 'database', string>>>): string {
  return `postgresql://${String(user)}@/${String(database)}?host=${encodeURIComponent(String(host))}`;
}

async function open({ stateFolder, env: { SEAWALL_DATABASE_URL: url } }: Place): Promise<Store> {
  const key = join(stateFolder, 'keys/master.key');
  const held: { key?: Buffer } = {};
  const masterKey = (): Buffer => held.key ?? Buffer.alloc(32);
  const store = await openStore({ place: { kind: 'url', url }, schemas: consoleSchemas, log: silentLog, masterKey });
  mkdirSync(join(stateFolder, 'keys'), { recursive: true, mode: 0o700 });
  held.key = await openMasterKey(store, key);
  return store;
}

const accessOf = (store: Store) =>
  createAccess({ store, clock: () => new Date(), log: silentLog, random: randomBytes });
const bearer = { cookies: {}, purpose: 'check' } as const;

function orderOf(place: Place, from = file) {
  return {
    ...place,
    file: from,
    keyFile,
    form: 'now',
    vulnerabilityDatabase: join(place.stateFolder, 'vulnerability.db'),
    progress: () => undefined,
  } as const;
}

beforeAll(async () => {
  writeFileSync(keyFile, 'a passphrase of the tests', { mode: 0o600 });
  writeFileSync(vulnerabilityDatabase, 'what advisories say');
  const { address, close } = await createTestDatabase();
  const place = { stateFolder: mkdtempSync(join(folder, 'state-')), env: { SEAWALL_DATABASE_URL: urlOf(address) } };
  const store = await open(place);
  secret = (await accessOf(store).createToken({ name: 'leaked', role: 'administrator' })).secret;
  await sql`insert into link.join_token (id, name, secret_hash, environments, uses, created_at, created_by, expires_at)
    values (gen_random_uuid(), 'rack 3', '\\x00', '{prod}', 5, now(), 'admin', now() + interval '1 day')`.execute(
    store.query(accessSchema),
  );
  await takeBackup({ ...place, file, keyFile, vulnerabilityDatabase });
  await sql`insert into store.migration values ('access', '9999-of-tomorrow')`.execute(store.query(accessSchema));
  await takeBackup({ ...place, file: newer, keyFile });
  await store.close();
  await close();
}, 60_000);

describe('a restore', { timeout: 60_000 }, () => {
  test('holds tokens before any console could take them, also one that runs on the database already', async () => {
    const place = await newPlace();
    const running = await openStore({
      place: { kind: 'url', url: place.env.SEAWALL_DATABASE_URL },
      schemas: [],
      log: silentLog,
      masterKey: () => Buffer.alloc(32),
    });
    onTestFinished(() => running.close());
    await sql`drop schema store cascade`.execute(running.query(accessSchema));
    await sql`drop schema if exists jobs cascade`.execute(running.query(accessSchema));
    await restore(orderOf(place));
    const authorization = `Bearer ${secret}`;
    await expect(accessOf(running).authenticate({ ...bearer, authorization })).rejects.toMatchObject({
      code: 'token-held',
    });
    const { rows } = await sql<{ held: boolean }>`select held_at is not null as held from link.join_token`.execute(
      running.query(accessSchema),
    );
    expect(rows).toEqual([{ held: true }]);
    expect((await readRestored(running)).restored?.takenAt).toBeDefined();
  });

  test('of a newer version changes nothing, and says so', async () => {
    const place = await newPlace();
    const refused = { code: 'store-unavailable', message: expect.stringContaining('9999-of-tomorrow') };
    await expect(restore(orderOf(place, newer))).rejects.toMatchObject(refused);
    expect(readdirSync(place.stateFolder)).toEqual([]);
    await restore(orderOf(place));
    expect(readdirSync(place.stateFolder).toSorted()).toEqual(['keys', 'vulnerability.db']);
  });

  test('leaves a vulnerability database that is there, and changes nothing', async () => {
    const place = await newPlace();
    const order = orderOf(place);
    writeFileSync(order.vulnerabilityDatabase, 'of this machine');
    await expect(restore(order)).rejects.toMatchObject({
      code: 'restore-not-empty',
      message: expect.stringContaining(order.vulnerabilityDatabase),
    });
    rmSync(order.vulnerabilityDatabase);
    await restore(order);
    expect(readFileSync(order.vulnerabilityDatabase, 'utf8')).toBe('what advisories say');
  });

  test('can be run again after one that failed once its vulnerability database was written', async () => {
    const place = await newPlace();
    const keys = join(place.stateFolder, 'keys');
    mkdirSync(keys);
    writeFileSync(join(keys, 'master.key'), 'of another console');
    await expect(restore(orderOf(place))).rejects.toMatchObject({ code: 'restore-not-empty' });
    rmSync(join(keys, 'master.key'));
    await restore(orderOf(place));
    expect(readdirSync(place.stateFolder).toSorted()).toEqual(['keys', 'vulnerability.db']);
  });
});

describe('the name of a backup', () => {
  const takenAt = '2026-12-01T02:00:04.000Z';
  test.each([
    [backupName(new Date('2026-12-01T02:00:00Z')), false],
    ['/backups/seawall-2026-12-01T014504Z.backup', false],
    ['/backups/seawall-2026-12-01T014503Z.backup', true],
    ['/backups/seawall-2026-12-01T021504Z.backup', false],
    ['/backups/seawall-2026-12-01T021505Z.backup', true],
    ['/backups/seawall-2026-12-02T020000Z.backup', true],
    ['/backups/seawall-2026-99-99T020000Z.backup', true],
    ['/backups/night.backup', false],
  ])('%s of what was taken at 02:00:04', (name, misnamed) => expect(isMisnamed(name, takenAt)).toBe(misnamed));
});
