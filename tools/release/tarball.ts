import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { docPages } from './doc-pages.ts';
import type { Release } from './release.ts';
import { run } from './run.ts';
import { programFolder, treeFolder } from './tree.ts';

/** Name of the tarball among the artefacts. */
export function tarballName({ version }: Pick<Release, 'version'>): string {
  return `seawall-${version}-linux-x64.tar.gz`;
}

/** The installed programs in one folder, which runs wherever it lies, with the how-tos and the reference in `doc`. */
export async function makeTarball(release: Release): Promise<void> {
  const { out, root } = release;
  const file = join(out, tarballName(release));
  const name = tarballName(release).replace('.tar.gz', '');
  const archive = file.replace('.gz', '');
  const stage = mkdtempSync(join(tmpdir(), 'seawall-tarball-'));
  try {
    layPages(root, join(stage, 'seawall/doc'));
    const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--sort=name', '--format=gnu'];
    const programs = [`--directory=${join(treeFolder(release), programFolder, '..')}`, 'seawall'];
    const pages = [`--directory=${stage}`, 'seawall/doc'];
    run('tar', ['--create', `--file=${archive}`, ...owner, `--transform=s,^seawall,${name},`, ...programs, ...pages]);
    writeFileSync(file, gzipSync(readFileSync(archive)));
  } finally {
    rmSync(archive, { force: true });
    rmSync(stage, { recursive: true });
  }
}

/** With the same modes whatever the umask is. */
function layPages(root: string, folder: string): void {
  for (const [path, page] of docPages(root)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), page);
    chmodSync(join(folder, path), 0o644);
  }
  for (const place of ['.', ...readdirSync(folder)]) chmodSync(join(folder, place), 0o755);
}
