import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { notices, reactions } from '../../src/apps/console/reactions.ts';
import { explorerSchema } from '../../src/explorer/console/schema.ts';
import type { Store } from '../../src/store/index.ts';
import { readTrustedKeys, threadMatcher } from '../../src/vulnerability/index.ts';
import { servicesOn, untilIdle } from './services.ts';
import { images, now, openBenchStore } from './store.ts';

/*
 * A console at work on the estate, in a process of its own, so that its memory is its own: takes a new advisory into use
 * and tells how long it takes until no reaction is left to run; `bench/estate.ts` starts it.
 */
const [folder = '', what] = process.argv.slice(2);
const keys = join(folder, 'keys');
const lastFile = join(folder, 'advisories.db');
const reported = join(folder, 'advisories');
const numbers = existsSync(reported) ? readFileSync(reported, 'utf8').split('\n').filter(Boolean).map(Number) : [];
if (what !== 'prepare' && !existsSync(lastFile)) await run([import.meta.filename, folder, 'prepare']);
const first = Math.floor(performance.timeOrigin / 5) * 5;
const files: string[] = [];
let known = 0;
const opened = threadMatcher(() => readTrustedKeys({ folder: keys, files: [] }));
const store = await openBenchStore(folder);
const services = await servicesOn(store, {
  ...opened,
  use: async (path) => {
    const taken = await opened.use(path);
    known = performance.now();
    return taken;
  },
});
await store.start(reactions(services), notices);
if (what === 'prepare') {
  // Matches everything as a whole, with all that differences are taken from.
  await use(await write());
  await end();
  process.exit();
}
await use(lastFile);
numbers.push(first);
await use(await write());
numbers.push(first + 5);
const next = await write();
process.stderr.write('At rest.\n');
const rest = kilobytes('VmRSS') / 1024;
writeFileSync('/proc/self/clear_refs', '5');
const cpu = { ours: process.cpuUsage(), database: await databaseSeconds(store) };
await use(next);
const took = performance.now() - known;
const used = process.cpuUsage(cpu.ours);
const { rows } = await sql<{ images: number }>`
  select count(distinct image)::int as images from explorer.finding_environment join explorer.finding using (key)
  where finding.id = ${`CVE-2020-${first + 5}`}`.execute(store.query(explorerSchema));
if (rows[0]?.images !== images) throw new Error(`${rows[0]?.images} images have it.`);
const peak = kilobytes('VmHWM') / 1024;
process.stdout.write(
  `${JSON.stringify({ took, cpu: (used.user + used.system) / 1e6, database: (await databaseSeconds(store)) - cpu.database, rest, peak })}\n`,
);
await end();

async function end(): Promise<void> {
  await services.vulnerability.close();
  await services.policy.close();
  await services.admission.close();
  await store.close();
  const last = files.pop();
  if (last !== undefined) renameSync(last, lastFile);
  for (const file of files) rmSync(file);
}

/** Writes a database with all advisories that were added so far. */
async function write(): Promise<string> {
  const last = numbers.at(-1);
  const builtAt = last === undefined ? now : new Date(last);
  const path = join(folder, `advisories-${builtAt.getTime()}.db`);
  await run([join(import.meta.dirname, 'database.ts'), path, keys, builtAt.toISOString(), ...numbers.map(String)]);
  writeFileSync(reported, numbers.join('\n'));
  files.push(path);
  return path;
}

/** Takes a database into use, and waits until nothing is left to do. */
async function use(path: string): Promise<void> {
  await services.vulnerability.useDatabase(path);
  await untilIdle(store);
}

async function run(program: readonly string[]): Promise<void> {
  const running = spawn(process.execPath, program, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(running, 'exit');
  if (code !== 0) throw new Error(`${program[0]} failed.`);
}

/** Of this process. */
function kilobytes(name: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

/** Processor time of this PostgreSQL's processes, in seconds. */
async function databaseSeconds(on: Store): Promise<number> {
  const { rows: own } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(on.query(explorerSchema));
  const server = statOf(String(own[0]?.pid))?.[1];
  const ended = statOf(server ?? '')?.slice(13, 15) ?? [];
  const running = readdirSync('/proc')
    .map((id) => statOf(id))
    .filter((fields) => fields?.[1] === server)
    .flatMap((fields) => fields?.slice(11, 13) ?? []);
  return [...ended, ...running].reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

/** Fields of `/proc/ID/stat` after the name, or nothing of what is no process. */
function statOf(id: string): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
