import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { explorerSchema } from '../src/explorer/console/schema.ts';
import { containerOf } from '../src/explorer/console/testing.ts';
import { images, openEstate, reportsOf } from './estate/store.ts';

/*
 * Pages of a large estate over HTTP, asked by ten users at once; then how soon a new advisory and a started container
 * are ranked. The peer of all is 100 rows read by a bare statement over the same database. The store is
 * kept in /tmp between runs: delete the folder to have it made anew.
 */
const folder = process.argv[2] ?? '/tmp/seawall-bench-estate';
/** As `bin/seawall` starts a console. */
const flags = ['--max-semi-space-size=8', '--heap-growing-percent=100'];
const users = 10;
const rounds = 12;

if (!existsSync(join(folder, 'filled'))) {
  const filled = spawnSync(process.execPath, [join(import.meta.dirname, 'estate/fill.ts'), folder], {
    stdio: 'inherit',
  });
  if (filled.status !== 0) throw new Error('The estate could not be filled.');
}
const bare = await measureBare();
await measureStart(bare);
measureAdvisory(bare);
const server = spawn(process.execPath, [...flags, join(import.meta.dirname, 'estate/serve.ts'), folder], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await measurePages(server, bare);
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
}

/** The same rows without a product around them. */
async function measureBare(): Promise<number> {
  const { store, estate } = await openEstate(folder);
  const database = store.query(explorerSchema);
  const times: number[] = [];
  for (let run = 0; run < 20; run++) {
    times.push(
      await milliseconds(() =>
        sql`select * from explorer.vulnerability order by vulnerability limit 100`.execute(database),
      ),
    );
  }
  const { rows } = await sql`select (select count(*) from explorer.image_row) as images,
    (select count(*) from explorer.finding_environment where environment = '*') as findings,
    (select count(*) from explorer.container_row) as containers, (select count(*) from explorer.vulnerability where environment = '*') as vulnerabilities`.execute(
    database,
  );
  console.error(JSON.stringify(rows[0]));
  await estate.close();
  await store.close();
  return percentile(times, 0.95);
}

async function measureStart(rows: number): Promise<void> {
  const { store, estate, explorer } = await openEstate(folder);
  const report = reportsOf().find((one) => one.environment === 'prod' && one.containers.length > 0);
  const [first] = report?.present ?? [];
  if (report === undefined || first === undefined) throw new Error('No host of prod runs anything.');
  const started = containerOf(99_999, first.subject, { privileged: true });
  await estate.report({ ...report, containers: [...report.containers, started] });
  print('explorer-container-start', await milliseconds(() => explorer.refreshPlacements(first)), rows);
  await estate.report(report);
  await explorer.refreshPlacements(first);
  await estate.close();
  await store.close();
}

/** From the moment that the database is known until no reaction is left to run: matched, judged and ranked. */
function measureAdvisory(rows: number): void {
  const ran = spawnSync(process.execPath, [...flags, join(import.meta.dirname, 'estate/advisory.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (ran.status !== 0) throw new Error('The advisory did not reach the pages.');
  const { took, cpu, database, rest, peak } = JSON.parse(ran.stdout);
  print(`explorer-advisory-${images}-images`, took, rows);
  console.log(
    `explorer-advisory-processor ours=${(cpu + database).toFixed(2)}s peer=3s ratio=${((cpu + database) / 3).toFixed(2)}`,
  );
  console.log(
    `explorer-advisory-memory ours=${Math.round(peak)}MB (${Math.round(rest)}MB at rest) peer=400MB ratio=${(peak / 400).toFixed(2)}`,
  );
}

async function measurePages(child: ChildProcess, rows: number): Promise<void> {
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  const origin = line.toString().trim();
  for (const [name, path] of [
    ['vulnerabilities', '/api/v1/vulnerabilities'],
    ['vulnerabilities-prod', '/api/v1/vulnerabilities?environment=prod'],
    ['vulnerabilities-critical', '/api/v1/vulnerabilities?severity=critical'],
    ['vulnerabilities-prod-high', '/api/v1/vulnerabilities?environment=prod&severity=high'],
    ['vulnerabilities-in-use', '/api/v1/vulnerabilities?inUse=true'],
    ['vulnerabilities-host', '/api/v1/vulnerabilities?host=prod-0'],
    ['vulnerabilities-search', '/api/v1/vulnerabilities?search=cve-2020-77'],
    ['findings', '/api/v1/findings'],
    ['findings-dev-critical', '/api/v1/findings?environment=dev&severity=critical'],
    ['images', '/api/v1/images'],
    ['images-prod', '/api/v1/images?environment=prod'],
    ['overview', '/api/v1/overview'],
    ['upgrades', '/api/v1/upgrades'],
  ] as const) {
    await ask(origin, path);
    print(`explorer-${name}-p95-of-${users}-users`, await p95(origin, () => path), rows);
  }
  // Ten users of whom no two ask the same, so that none shares a reading.
  const different = await p95(origin, (user) => `/api/v1/vulnerabilities?limit=${100 - user}`);
  print(`explorer-vulnerabilities-p95-of-${users}-different-users`, different, rows);
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  console.log(
    `explorer-memory ours=${Math.round(Number(peak) / 1024)}MB peer=400MB ratio=${(Number(peak) / 1024 / 400).toFixed(2)}`,
  );
}

async function p95(origin: string, pathOf: (user: number) => string): Promise<number> {
  const asked = Array.from({ length: users }, async (_, user) => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await milliseconds(() => ask(origin, pathOf(user))));
    return times;
  });
  return percentile((await Promise.all(asked)).flat(), 0.95);
}

async function ask(origin: string, path: string): Promise<void> {
  const reply = await fetch(origin + path, { headers: { authorization: 'Bearer bench' } });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
}

function percentile(times: readonly number[], part: number): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length * part)] ?? Number.NaN;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function print(name: string, ours: number, peer: number): void {
  console.log(`${name} ours=${ours.toFixed(1)}ms peer=${peer.toFixed(1)}ms ratio=${(ours / peer).toFixed(2)}`);
}
