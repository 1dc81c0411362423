import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { dockerArchive, type ImageOptions, type MadeImage } from '../make/image.ts';
import { directory, file, makeTar, symlink, type TarEntry } from '../make/tar.ts';

const programs = ['/usr/bin/busybox', '/usr/bin/ls', '/usr/bin/perl'];
const applets = ['sh', 'cat', 'cp', 'mv', 'sleep', 'chmod', 'id'];

/** Whether this machine has the programs of the image. */
export function hasPrograms(): boolean {
  return programs.every((path) => existsSync(path));
}

/**
 * A small image of this machine's own programs with the libraries that they need: busybox, `ls` and Perl. With other
 * `options` it is another image; `added` has further files, from where each is taken.
 */
export function programsImage(
  name: string,
  { added = {}, ...options }: Pick<ImageOptions, 'config'> & { readonly added?: Readonly<Record<string, string>> } = {},
): MadeImage {
  const files = new Map<string, string>(Object.entries(added));
  for (const program of programs) {
    files.set(program, program);
    for (const library of librariesOf(program)) files.set(library, realpathSync(library));
  }
  const folders = new Set(['/tmp', '/proc', '/dev', '/etc', '/app', '/bin', ...[...files.keys()].flatMap(parentsOf)]);
  const entries: TarEntry[] = [
    ...[...folders].toSorted().map((path) => directory(path.slice(1))),
    ...[...files].map(([path, source]) => file(path.slice(1), readFileSync(source), 0o755)),
    ...applets.map((applet) => symlink(`bin/${applet}`, '/usr/bin/busybox')),
    file('app/main.pl', 'print "image\\n";\n'),
  ];
  return dockerArchive([makeTar(entries)], { names: [name], ...options });
}

function librariesOf(program: string): readonly string[] {
  if (spawnSync('ldd', [program]).status !== 0) return []; // static
  return (
    execFileSync('ldd', [program], { encoding: 'utf8' })
      .match(/\/\S+/g)
      ?.filter((path) => path.startsWith('/lib')) ?? []
  );
}

function parentsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === '/' ? [] : [...parentsOf(parent), parent];
}
