import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** This machine's files below a layer of their own: what is installed there is nowhere else. */
export interface BareRoot {
  /** Runs a command in it to its end. */
  run(words: readonly string[], input?: string): { readonly code: number | null; readonly out: string };
  /** Starts one that stays. */
  start(words: readonly string[]): ChildProcess;
  /** Path on this machine of a folder that the root sees as `/srv`, on a real disk. */
  readonly disk: string;
  close(): Promise<void>;
}

const mounts = `
set -e
mount --make-rprivate /
mount -t tmpfs -o size=2g,mode=755 none "$1/layer"
mkdir "$1/layer/upper" "$1/layer/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/layer/upper,workdir=$1/layer/work" "$1/root"
for folder in proc sys dev; do mount --rbind "/$folder" "$1/root/$folder"; done
mount -t tmpfs none "$1/root/run"
mount --bind "$1/disk" "$1/root/srv"
echo ready
exec sleep 3600
`;

/** Needs root and overlayfs. */
export async function openBareRoot(): Promise<BareRoot> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-root-'));
  for (const name of ['layer', 'root', 'disk']) mkdirSync(join(folder, name));
  const keeper = spawn('unshare', ['--mount', 'sh', '-c', mounts, 'sh', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    keeper.stdout.on('data', () => resolve());
    keeper.stderr.on('data', (text: Buffer) => (said += text.toString()));
    keeper.once('exit', () => reject(new Error(said)));
  });
  const inside = (words: readonly string[]): string[] => [
    `--target=${keeper.pid}`,
    '--mount',
    'chroot',
    join(folder, 'root'),
    '/usr/bin/env',
    '-i',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    'HOME=/root',
    'LC_ALL=C.UTF-8',
    ...words,
  ];
  return {
    run: (words, input) => {
      const { status, stdout, stderr } = spawnSync('nsenter', inside(words), {
        encoding: 'utf8',
        input,
        maxBuffer: 256 * 1024 ** 2,
      });
      return { code: status, out: `${stdout}${stderr}` };
    },
    start: (words) => spawn('nsenter', inside(words), { stdio: ['ignore', 'pipe', 'pipe'] }),
    disk: join(folder, 'disk'),
    close: async () => {
      const ended = new Promise((resolve) => keeper.once('exit', resolve));
      keeper.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
