import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isElf } from '../../src/catalog/code-file.ts';
import { dockerArchive } from './image.ts';
import { directory, file, makeTar, symlink } from './tar.ts';

const python = realpathSync('/usr/bin/python3');
const library = `/usr/lib/${python.split('/').at(-1)}`;

/** Applets of busybox that the image has by name. */
const applets = ['sh', 'cp', 'mv', 'rm', 'ln', 'sleep', 'cat', 'ls'] as const;

/**
 * An image as `docker save` writes it: this machine's Python without any byte code, again as `php`, busybox's shell, and further files
 * below `/app` by their names. `more`: files of this machine, programs and libraries with the libraries that they need.
 */
export function pythonImage(
  name: string,
  app: Readonly<Record<string, string | Uint8Array>>,
  more: readonly string[] = [],
): Uint8Array {
  const modules = ['*.py', '{collections,encodings,importlib,json,re}/**/*.py'];
  const own = [python, ...librariesOf(python), ...globSync(modules.map((one) => `${library}/${one}`))];
  const paths = [...new Set([...own, ...more.flatMap((one) => [one, ...librariesOf(one)])])];
  const appFolders = Object.keys(app).flatMap((path) => parentsOf(join('/app', path)));
  const folders = new Set(['/tmp', '/proc', '/dev', '/bin', ...appFolders, ...paths.flatMap(parentsOf)]);
  const entries = [
    ...[...folders].toSorted().map((path) => directory(path.slice(1))),
    ...paths.map((path) =>
      file(path.slice(1), readFileSync(realpathSync(path)), /\.p[ym]$/.test(path) ? 0o644 : 0o755),
    ),
    file('usr/bin/busybox', readFileSync('/usr/bin/busybox'), 0o755),
    symlink('usr/bin/python3', python),
    file('usr/bin/php', readFileSync(python), 0o755),
    ...applets.map((applet) => symlink(`bin/${applet}`, '/usr/bin/busybox')),
    ...Object.entries(app).map(([path, text]) => file(`app/${path}`, text)),
  ];
  const config = { config: { Env: ['PATH=/bin:/usr/bin'] } };
  return dockerArchive([makeTar(entries)], { names: [name], config }).bytes;
}

function librariesOf(program: string): readonly string[] {
  if (!isElf(readFileSync(program))) return [];
  return execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/gu) ?? [];
}

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === '/' ? [] : [...parentsOf(parent), parent];
}
