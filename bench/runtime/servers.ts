import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/journeys/make-scan.ts';
import { until } from '../../test/lab/lab.ts';
import type { Pier } from '../../test/lab/pier.ts';
import { dockerArchive, type MadeImage } from '../../test/make/image.ts';
import { serverImages } from '../../test/make/servers/servers.ts';
import { type Spawner, startSpawner } from './spawner.ts';

/** A server in a container on the host's network. */
interface Server {
  readonly pid: number;
  readonly port: number;
}

/** Containers under load, started once. */
export interface Servers {
  readonly nginx: Server;
  readonly redis: Server;
  readonly postgres: Server;
  readonly spawner: Spawner;
  /** Runs a program in a container of the database's image that is not measured; answers what it printed. */
  readonly client: (words: readonly string[]) => Promise<string>;
}

export async function startServers(pier: Pier, folder: string): Promise<Servers> {
  const images = await serverImages();
  for (const image of [images.nginx, images.redis, images.tomcat, databaseImage()]) {
    writeFileSync(join(folder, 'image.tar'), image.bytes);
    await pier.docker('load', '-q', '-i', join(folder, 'image.tar'));
    rmSync(join(folder, 'image.tar'));
  }
  const start = async (name: string, port: number, ...words: readonly string[]): Promise<Server> => {
    await pier.docker('run', '-d', '--network', 'host', '--no-healthcheck', '--name', name, ...words);
    return { port, pid: Number(await pier.docker('inspect', '--format', '{{.State.Pid}}', name)) };
  };
  const [nginxPort, redisPort, postgresPort] = [await freePort(), await freePort(), await freePort()];
  const nginx = await start('gate', nginxPort, ...nginxMounts(folder, nginxPort), 'surge/gate:1');
  const redis = await start('cache', redisPort, 'surge/cache:1', '--port', String(redisPort));
  const postgres = await start('ledger', postgresPort, '-e', `PGPORT=${postgresPort}`, 'surge/ledger:1');
  await start('client', 0, '--entrypoint', '/bin/sleep', 'surge/ledger:1', 'infinity');
  const client = (words: readonly string[]): Promise<string> => pier.docker('exec', 'client', ...words);
  const initialize = [
    'pgbench',
    '-i',
    '-q',
    '-h',
    '127.0.0.1',
    '-p',
    String(postgresPort),
    '-U',
    'postgres',
    'postgres',
  ];
  await until(
    'the database',
    () =>
      client(initialize)
        .then(() => true)
        .catch(() => false),
    { seconds: 60, every: 500 },
  );
  return { nginx, redis, postgres, client, spawner: await startSpawner(pier, 'surge/gauge:1') };
}

function nginxMounts(folder: string, port: number): readonly string[] {
  const page = join(folder, 'page');
  mkdirSync(page, { mode: 0o755 });
  writeFileSync(join(page, 'index.html'), 'well\n'.repeat(100));
  const server = `server { listen 127.0.0.1:${port}; root /page; }`;
  writeFileSync(join(folder, 'nginx.conf'), `worker_processes 1; events {}\nhttp { access_log off; ${server} }\n`);
  return ['-v', `${folder}/nginx.conf:/etc/nginx/nginx.conf:ro`, '-v', `${page}:/page:ro`];
}

/** PostgreSQL of Debian 13 with a cluster in it that lets everybody of its network in; kept under `.cache/`. */
function databaseImage(): MadeImage {
  const folder = join(import.meta.dirname, '../../.cache/test-images/database-v1');
  if (!existsSync(folder)) makeDatabase(folder);
  const cluster = '/var/lib/postgresql/17/main';
  const words = [
    '-D',
    cluster,
    '-c',
    `config_file=${cluster}/postgresql.conf`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=/tmp',
  ];
  return dockerArchive([readFileSync(join(folder, 'ground.tar'))], {
    names: ['surge/ledger:1'],
    config: {
      config: {
        Entrypoint: ['/usr/lib/postgresql/17/bin/postgres', ...words],
        User: 'postgres',
        Env: ['PATH=/usr/lib/postgresql/17/bin:/usr/bin:/bin'],
      },
    },
  });
}

function makeDatabase(folder: string): void {
  mkdirSync(join(folder, '..'), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  const initialize =
    'rm -rf /var/lib/postgresql/17/main; exec setpriv --reuid=postgres --regid=postgres --clear-groups';
  const program = '/usr/lib/postgresql/17/bin/initdb -D /var/lib/postgresql/17/main -A trust --locale=C.UTF-8';
  const hook = `--customize-hook=chroot "$1" sh -c "${initialize} ${program}"`;
  try {
    const words = ['--quiet', '--variant=minbase', '--include=postgresql-17', hook];
    execFileSync('mmdebstrap', [...words, 'trixie', join(work, 'ground.tar')], { stdio: 'pipe' });
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}
