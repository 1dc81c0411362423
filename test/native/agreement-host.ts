import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Links of every kind, an engine's folder, and mounts that show the same elsewhere. */
export function makeHost(folder: string, mounted: string[]): void {
  const at = (...names: readonly string[]): string => join(folder, ...names);
  const volumes = ['engine/volumes/plain/_data', 'engine/volumes/kernel/_data', 'engine/volumes/etc/_data'].concat(
    ['root', 'over', 'short'].map((name) => `engine/volumes/${name}/_data`),
  );
  for (const name of ['run', 'data/a/b', 'again', 'links', ...volumes]) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('run/engine.sock'), '');
  const links: Readonly<Record<string, string>> = {
    etc: '/etc',
    up: '../../../../../../../etc',
    run: at('run'),
    loop: 'loop',
    missing: at('data/nowhere/x'),
    'missing-up': 'nowhere/../../data',
    chain: 'etc',
    far: at('links/chain/ssh'),
  };
  for (const [name, aim] of Object.entries(links)) symlinkSync(aim, at('links', name));
  const mount = (place: string, ...words: readonly string[]): void => {
    execFileSync('mount', [...words, at(place)], { cwd: folder });
    mounted.unshift(at(place));
  };
  mount('again', '--bind', at('data'));
  // Read-only: what a test leaves behind must not be a way to delete the files of this machine.
  mount('engine/volumes/etc/_data', '--bind', '-o', 'ro', '/etc');
  mount('engine/volumes/kernel/_data', '-t', 'proc', 'proc');
  mount('engine/volumes/root/_data', '--bind', at('engine'));
  const layers = (...folders: readonly string[]): string => `lowerdir=${folders.join(':')}`;
  mount('engine/volumes/over/_data', '-i', '-t', 'overlay', '-o', layers(at('links/etc'), at('data')), 'overlay');
  mount('engine/volumes/short/_data', '-i', '-t', 'overlay', '-o', layers(at('data'), 'run'), 'overlay');
}
