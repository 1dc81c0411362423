import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { silentLog } from '#base/index.ts';
import type { Address } from './database.ts';
import { dataFolderOf } from './embedded/folders.ts';
import { stopOrphan } from './embedded/postmaster.ts';
import { type EmbeddedServer, startEmbedded } from './embedded/server.ts';
import { connect } from './open.ts';
import type { DomainSchema, Store } from './store.ts';

/** A real PostgreSQL for one test process, in a folder of its own that goes with the last store. */
interface TestServer {
  readonly folder: string;
  readonly server: EmbeddedServer;
  readonly templates: Map<string, Promise<string>>;
}

let running: Promise<TestServer> | undefined;
let users = 0;

/** Master key of every test store. */
const testKey = Buffer.alloc(32, 'test');

/**
 * An empty database with the schemas of the domains under test, for one test file. Call `close` in `afterAll`; the last
 * one stops the server and removes its folder.
 *
 *     const store = await createTestStore([catalogSchema]);
 *     afterAll(() => store.close());
 */
export async function createTestStore(schemas: readonly DomainSchema<unknown>[]): Promise<Store> {
  users++;
  running ??= startServer();
  const { server, templates } = await running;
  const key = schemas.map((schema) => schema.name).join(' ');
  const template = templates.get(key) ?? makeTemplate(server.address, schemas);
  templates.set(key, template);
  const database = nameOf('test');
  await administer(server.address, `create database ${database} template ${await template}`);
  const connection = { address: { ...server.address, database }, workers: 'alone', masterKey: () => testKey } as const;
  const store = await connect(connection, schemas, silentLog);
  let closed: Promise<void> | undefined;
  return { ...store, close: () => (closed ??= store.close().then(leave)) };
}

async function startServer(): Promise<TestServer> {
  await removeLeftOvers();
  const folder = await mkdtemp(join(tmpdir(), `seawall-test-${process.pid}-`));
  const server = await startEmbedded({ folder, durability: 'none', log: silentLog });
  process.once('exit', () => endWithProcess(server, folder));
  return { folder, server, templates: new Map() };
}

async function leave(): Promise<void> {
  users--;
  if (users > 0 || running === undefined) return;
  const { folder, server } = await running;
  running = undefined;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function makeTemplate(address: Address, schemas: readonly DomainSchema<unknown>[]): Promise<string> {
  const database = nameOf('template');
  await administer(address, `create database ${database}`);
  const store = await connect({ address: { ...address, database }, workers: 'alone' }, schemas, silentLog);
  await store.start([]);
  await store.close();
  return database;
}

async function administer(address: Address, statement: string): Promise<void> {
  const client = new pg.Client({ ...address, database: 'postgres' });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

function nameOf(purpose: string): string {
  return `${purpose}_${randomUUID().replaceAll('-', '')}`;
}

/** For test processes that end without `close`. */
function endWithProcess(server: EmbeddedServer, folder: string): void {
  const pid = server.pid();
  if (running === undefined || pid === undefined) return;
  process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Of test processes that were killed. */
async function removeLeftOvers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = Number(/^seawall-test-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isInteger(owner) || isAlive(owner)) continue;
    const folder = join(tmpdir(), name);
    await stopOrphan(dataFolderOf(folder)).catch(() => undefined);
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
