import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnce } from '../../make/made-once.ts';
import type { Pier } from '../pier.ts';

const run = promisify(execFile);

/** Debian packages on which the images of workloads stand. `light` is enough for the short form. */
const packages = {
  light: 'nginx-light,redis-server,redis-tools,apache2,cron,logrotate,openssh-server,supervisor,gunicorn,curl',
  heavy: 'nodejs,tomcat10,openjdk-21-jre-headless,php-cli,php-twig,postgresql,curl,logrotate',
} as const;

export type Ground = keyof typeof packages;

const busyboxPath = '/usr/bin/busybox';
const folders = join(import.meta.dirname, 'images');

/** Makes this ground's file system by mmdebstrap, once, under `.cache/test-images`. Answers the path of its tar. */
export async function groundTar(ground: Ground): Promise<string> {
  const folder = join(import.meta.dirname, '../../../.cache/test-images/workloads-v1', ground);
  const hooks = ['--customize-hook=rm -rf "$1"/var/cache/apt/* "$1"/var/lib/tomcat10/webapps/*'];
  const words = ['--quiet', '--variant=minbase', `--include=${packages[ground]}`, ...hooks, 'trixie'];
  await madeOnce(folder, async (work) => {
    await run('mmdebstrap', [...words, join(work, 'ground.tar')]);
  });
  return join(folder, 'ground.tar');
}

/** Gives the engine the image `ground/NAME` that the workloads' images are built on. */
export async function loadGround(pier: Pier, ground: Ground): Promise<void> {
  await pier.docker('import', await groundTar(ground), `ground/${ground}`);
}

/** What an image needs besides its folder. */
export interface ImageParts {
  /** Stands in its files for `@PORT@`. */
  readonly port: number;
  /** Adds to the folder that it is built from. */
  readonly prepare?: ((folder: string) => Promise<void> | void) | undefined;
}

/** Builds `workload/NAME` of `images/NAME` by the engine itself, without running anything. */
export async function buildImage(pier: Pier, name: string, { port, prepare }: ImageParts): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-workload-'));
  const image = `workload/${name}:1`;
  try {
    cpSync(join(folders, name), folder, { recursive: true });
    for (const path of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (path.isFile()) putPort(join(path.parentPath, path.name), port);
    await prepare?.(folder);
    const env = { ...process.env, DOCKER_HOST: `unix://${pier.engine.socket}`, DOCKER_BUILDKIT: '0' };
    await run('docker', ['build', '--quiet', '--tag', image, folder], { env, maxBuffer: 2 ** 24 });
    return image;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function putPort(path: string, port: number): void {
  const text = readFileSync(path, 'utf8');
  if (text.includes('@PORT@')) writeFileSync(path, text.replaceAll('@PORT@', String(port)));
}

/** Root of an image in which everything is BusyBox, as Alpine has it. */
export async function layBusyBox(folder: string): Promise<void> {
  const bin = join(folder, 'root/bin');
  mkdirSync(bin, { recursive: true });
  cpSync(busyboxPath, join(bin, 'busybox'));
  const { stdout } = await run(busyboxPath, ['--list']);
  for (const name of stdout.trim().split('\n')) if (name !== 'busybox') symlinkSync('busybox', join(bin, name));
  mkdirSync(join(folder, 'root/etc'));
  writeFileSync(join(folder, 'root/etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
  mkdirSync(join(folder, 'root/tmp'));
}

/** A program of the image's own and 20,000 files, which its entrypoint gives to another user. */
export function layManyFiles(folder: string): void {
  mkdirSync(join(folder, 'app/bin'));
  cpSync(busyboxPath, join(folder, 'app/bin/cat'));
  for (let at = 0; at < 200; at++) {
    const place = join(folder, 'data', String(at));
    mkdirSync(place, { recursive: true });
    for (let one = 0; one < 100; one++) writeFileSync(join(place, String(one)), `file ${at} ${one}\n`);
  }
}
