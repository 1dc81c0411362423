import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { downloadFirstDependency, machineSources } from './apt.ts';
import { diskLabels, guestFiles, guestLinks, guestPackages, guestRelease } from './guest.ts';

/** Kernels that can be booted, by the Debian release whose cloud kernel they are: 6.12 and 6.1. */
export const kernels = ['trixie', 'bookworm'] as const;
export type Kernel = (typeof kernels)[number];

/** Raw ext4 disks and kernels as files. A guest writes into throw-away copies, so several may use them at a time. */
export interface Disks {
  readonly root: string;
  readonly modules: string;
  readonly kernelOf: (kernel: Kernel) => string;
}

const recipe = 1;
const checkout = join(import.meta.dirname, '../../..');

/** The disks that change seldom, made once below `folder`: the guest's Debian, and the checkout's `node_modules`. */
export function cachedDisks(folder: string, say: (words: string) => void): Disks {
  const reported = JSON.stringify([recipe, guestPackages, guestFiles, guestLinks]);
  const system = join(folder, `system-${shortHash(reported)}`);
  const modules = realpathSync(join(checkout, 'node_modules'));
  const packages = join(folder, `packages-${shortHash(readFileSync(join(modules, '.package-lock.json')))}`);
  if (!existsSync(system)) {
    say('making the disk of the guest, once (about a minute)');
    makeWhole(system, makeSystem);
  }
  if (!existsSync(packages))
    makeWhole(packages, (work) => makeDisk(modules, join(work, 'disk'), { size: '2G', label: diskLabels.modules }));
  return {
    root: join(system, 'disk'),
    modules: join(packages, 'disk'),
    kernelOf: (kernel) => join(system, `vmlinuz-${kernel}`),
  };
}

/** The checkout as it is now, without history, caches and `node_modules`, on a disk in `folder`. */
export function checkoutDisk(folder: string): string {
  const tar = join(folder, 'checkout.tar');
  const disk = join(folder, 'checkout');
  const left = ['./.git', './.cache', './node_modules', './coverage'].map((path) => `--exclude=${path}`);
  execFileSync(join(checkout, 'bin/seawall'), ['--version']); // makes its bundle here, where that is quick
  execFileSync('tar', ['-C', checkout, ...left, '--owner=0', '--group=0', '-cf', tar, '.']);
  makeDisk(tar, disk, { size: '1G', label: diskLabels.checkout });
  rmSync(tar);
  return disk;
}

/** Works in a folder of its own that takes its place when it is whole; the first of two makers wins. */
function makeWhole(place: string, make: (work: string) => void): void {
  mkdirSync(dirname(place), { recursive: true });
  const work = mkdtempSync(`${place}.`);
  try {
    make(work);
    try {
      renameSync(work, place);
    } catch (error) {
      if (!existsSync(place)) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface DiskOptions {
  /** Not taken until written. */
  readonly size: string;
  readonly label: string;
}

/** A folder as a disk that the guest mounts by the label: much faster than copying it in. */
export function broughtDisk(content: string, folder: string): string {
  const disk = join(folder, 'brought');
  makeDisk(content, disk, { size: '2G', label: diskLabels.brought });
  return disk;
}

/** `mke2fs` fills the file system itself from a folder or a tar, so nothing is mounted. */
function makeDisk(content: string, disk: string, { size, label }: DiskOptions): void {
  const words = ['-q', '-t', 'ext4', '-L', label, '-d', content, disk, size];
  execFileSync('mke2fs', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function makeSystem(work: string): void {
  const root = join(work, 'root');
  makeRoot(root);
  for (const kernel of kernels) addKernel({ kernel, work, root });
  for (const version of readdirSync(join(root, 'usr/lib/modules')))
    execFileSync('chroot', [root, 'depmod', version], { stdio: 'pipe' });
  makeDisk(root, join(work, 'disk'), { size: '24G', label: 'root' });
  rmSync(root, { recursive: true });
}

function makeRoot(root: string): void {
  const lean = ['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  const words = [
    '--quiet',
    '--variant=minbase',
    `--include=${guestPackages.join(',')}`,
    ...lean,
    guestRelease,
    root,
    '-',
  ];
  execFileSync('mmdebstrap', words, {
    input: machineSources(guestRelease).join('\n'),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // Compiling the hundred profiles of Debian takes the guest half a minute; Docker brings its own.
  rmSync(join(root, 'etc/apparmor.d'), { recursive: true });
  mkdirSync(join(root, 'etc/apparmor.d'));
  for (const [path, text] of Object.entries(guestFiles)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const [path, target] of guestLinks) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    rmSync(join(root, path), { force: true });
    symlinkSync(target, join(root, path));
  }
}

/** Lays a release's cloud kernel beside the disk, and its modules on it. The package is unpacked, never installed. */
function addKernel({ kernel, work, root }: { readonly kernel: Kernel; readonly work: string; readonly root: string }) {
  const place = join(work, kernel);
  const content = join(place, 'content');
  mkdirSync(place);
  execFileSync('dpkg-deb', ['-x', downloadFirstDependency(kernel, 'linux-image-cloud-amd64', place), content]);
  const image = readdirSync(join(content, 'boot')).find((name) => name.startsWith('vmlinuz-'));
  if (image === undefined) throw new Error(`The kernel package of ${kernel} holds no kernel.`);
  copyFileSync(join(content, 'boot', image), join(work, `vmlinuz-${kernel}`));
  chmodSync(join(work, `vmlinuz-${kernel}`), 0o644);
  const from = ['usr/lib/modules', 'lib/modules'].map((path) => join(content, path)).find((path) => existsSync(path));
  mkdirSync(join(root, 'usr/lib/modules'), { recursive: true });
  execFileSync('cp', ['-a', `${from}/.`, join(root, 'usr/lib/modules')]);
  rmSync(place, { recursive: true });
}

function shortHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
