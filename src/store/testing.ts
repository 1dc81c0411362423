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

/** A real PostgreSQL for one test process, which may run many test files, in a folder of its own that goes with it. */
interface TestServer {
  readonly server: EmbeddedServer;
  readonly templates: Template[];
}

/** A database with these schemas, to be copied. */
interface Template {
  readonly schemas: readonly DomainSchema<unknown>[];
  readonly database: Promise<string>;
}

let running: Promise<TestServer> | undefined;

/** Master key of every test store. */
const testKey = Buffer.alloc(32, 'test');

/**
 * An empty database with the schemas of the domains under test, for one test file. Call `close` in `afterAll`; the
 * server and its folder go with the process.
 *
 *     const store = await createTestStore([catalogSchema]);
 *     afterAll(() => store.close());
 */
export async function createTestStore(schemas: readonly DomainSchema<unknown>[]): Promise<Store> {
  running ??= startServer();
  const { server, templates } = await running;
  const template = templateOf(templates, server.address, schemas);
  const database = nameOf('test');
  // Files are copied as they are: half the work of writing each page to the log as well.
  const from = await template.database;
  await administer(server.address, `create database ${database} template ${from} strategy file_copy`);
  const connection = { address: { ...server.address, database }, workers: 'alone', masterKey: () => testKey } as const;
  const store = await connect(connection, schemas, silentLog);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await store.close();
    await administer(server.address, `drop database ${database} with (force)`);
  };
  return { ...store, close: () => (closed ??= close()) };
}

/** An empty database of its own, for what opens or fills one itself. */
export async function createTestDatabase(): Promise<{ readonly address: Address; close(): Promise<void> }> {
  running ??= startServer();
  const { server } = await running;
  const database = nameOf('test');
  await administer(server.address, `create database ${database}`);
  const close = async (): Promise<void> => await administer(server.address, `drop database ${database} with (force)`);
  return { address: { ...server.address, database }, close };
}

/** Schemas of the same name may differ between test files, so only the very same ones share a template. */
function templateOf(templates: Template[], address: Address, schemas: readonly DomainSchema<unknown>[]): Template {
  const found = templates.find(
    (one) => one.schemas.length === schemas.length && one.schemas.every((schema, at) => schema === schemas[at]),
  );
  if (found !== undefined) return found;
  const made = { schemas, database: makeTemplate(address, schemas) };
  templates.push(made);
  return made;
}

async function startServer(): Promise<TestServer> {
  await removeLeftOvers();
  const folder = await mkdtemp(join(tmpdir(), `seawall-test-${process.pid}-`));
  const server = await startEmbedded({ folder, durability: 'none', log: silentLog });
  let ended = false;
  const end = (): void => {
    if (!ended) endWithProcess(server, folder);
    ended = true;
  };
  process.once('exit', end);
  // How the runner ends a worker.
  process.once('SIGTERM', () => {
    end();
    process.exit();
  });
  return { server, templates: [] };
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

/** Nothing that it holds is needed any more, so it is not asked to write anything out. */
function endWithProcess(server: EmbeddedServer, folder: string): void {
  const pid = server.pid();
  if (pid !== undefined) process.kill(pid, 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
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
