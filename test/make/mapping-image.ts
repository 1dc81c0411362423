import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { dockerArchive } from './image.ts';
import { directory, file, makeTar, symlink } from './tar.ts';

const sources = globSync(join(import.meta.dirname, 'map-code/*.c'));
const page = 4096;

/** Machine code that writes `ran` to standard output and returns, at the beginning of each of three pages. */
const code = Buffer.from('b801000000bf01000000488d3508000000ba040000000f05c372616e0a', 'hex');

/** Names of the image's shell programs, each a file of its own. */
export const shellPrograms = ['sh', 'cp', 'cat', 'sleep', 'chmod', 'seq', 'true'] as const;

/** Its programs and code, without a leading slash. */
export const mappingFiles = [
  ...shellPrograms.map((name) => `bin/${name}`),
  'bin/map-code',
  'bin/dynamic',
  'lib64/ld-linux-x86-64.so.2',
  'lib64/libc.so.6',
  'lib64/code.so',
] as const;

/** Compiles `map-code`, the program that maps code in many ways. It needs no library. */
export async function makeMapCode(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-mappings-'));
  try {
    const program = join(folder, 'map-code');
    const built = spawnSync('gcc', ['-static', '-O1', '-Wall', '-Werror', '-pthread', ...sources, '-o', program]);
    if (built.status !== 0) throw new Error(`gcc: ${built.stderr}`);
    return readFileSync(program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Three pages of code that says that it ran. */
export function codePages(): Buffer {
  return Buffer.concat(Array.from({ length: 3 }, () => Buffer.concat([code, Buffer.alloc(page - code.length, 0xcc)])));
}

/** Node.js as npm brings it, with its libraries. */
function nodeFiles() {
  const program = realpathSync(process.execPath);
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
  const libraries = [...listed.matchAll(/=> (\/\S+)/gu)].map(([, path = '']) => path);
  return [
    file('bin/node', readFileSync(program), 0o755),
    ...libraries
      .filter((path) => basename(path) !== 'libc.so.6')
      .map((path) => file(`lib64/${basename(path)}`, readFileSync(realpathSync(path)), 0o755)),
  ];
}

/** An image as `docker save` writes it: busybox's shell, `/bin/map-code`, `/lib64/code.so` for it, and a dynamic program. */
export async function mappingImage(name: string, more: 'alone' | 'with node' = 'alone'): Promise<Uint8Array> {
  const busybox = readFileSync('/usr/bin/busybox');
  const layer = makeTar([
    directory('bin'),
    directory('tmp'),
    directory('lib64'),
    ...shellPrograms.map((one) => file(`bin/${one}`, busybox, 0o755)),
    file('bin/map-code', await makeMapCode(), 0o755),
    file('bin/dynamic', readFileSync(realpathSync('/usr/bin/true')), 0o755),
    file('lib64/ld-linux-x86-64.so.2', readFileSync(realpathSync('/lib64/ld-linux-x86-64.so.2')), 0o755),
    file('lib64/libc.so.6', readFileSync('/lib/x86_64-linux-gnu/libc.so.6'), 0o755),
    file('lib64/code.so', codePages(), 0o644),
    ...(more === 'with node' ? nodeFiles() : []),
    symlink('lib', 'lib64'),
  ]);
  return dockerArchive([layer], { names: [name], config: { config: { Env: ['PATH=/bin'] } } }).bytes;
}
