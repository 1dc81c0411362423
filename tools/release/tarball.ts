import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Release } from './release.ts';
import { run } from './run.ts';
import { programFolder, treeFolder } from './tree.ts';

/** `seawall-VERSION-linux-x64.tar.gz`: the installed programs in one folder, which runs wherever it lies. */
export async function makeTarball(release: Release): Promise<void> {
  const { out, version } = release;
  const name = `seawall-${version}-linux-x64`;
  const archive = join(out, `${name}.tar`);
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--sort=name', '--format=gnu'];
  const place = [
    `--directory=${join(treeFolder(release), programFolder, '..')}`,
    `--transform=s,^seawall,${name},`,
    'seawall',
  ];
  run('tar', ['--create', `--file=${archive}`, ...owner, ...place]);
  writeFileSync(`${archive}.gz`, gzipSync(readFileSync(archive)));
  rmSync(archive);
}
