import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The machine's own package of runc in a later version, built by `dpkg-deb` of the installed files; its program has a few
 * bytes behind its end, so that it works and is another one. Answers the package's file.
 */
export function laterRuncPackage(folder: string, addition: string): string {
  const text = (program: string, ...words: readonly string[]): string =>
    execFileSync(program, words, { encoding: 'utf8' });
  const root = join(folder, `runc-${addition}`);
  const owned = text('dpkg-query', '--listfiles', 'runc')
    .split('\n')
    .filter((path) => path !== '' && path !== '/.');
  for (const path of owned) {
    if (lstatSync(path).isDirectory()) continue;
    mkdirSync(dirname(root + path), { recursive: true });
    cpSync(path, root + path, { verbatimSymlinks: true, preserveTimestamps: true });
  }
  appendFileSync(join(root, 'usr/sbin/runc'), addition);
  const format = ['Package', 'Architecture', 'Maintainer', 'Depends', 'Section', 'Priority'];
  const fields = format.map(
    (field) => `${field}: ${text('dpkg-query', '--show', `--showformat=\${${field}}`, 'runc')}\n`,
  );
  const version = text('dpkg-query', '--show', '--showformat=${Version}', 'runc');
  mkdirSync(join(root, 'DEBIAN'));
  writeFileSync(
    join(root, 'DEBIAN/control'),
    `${fields.join('')}Version: ${version}+${addition}\nDescription: runc, later\n`,
  );
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, `${root}.deb`], { stdio: 'pipe' });
  return `${root}.deb`;
}
