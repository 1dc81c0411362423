import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The machine's own sources of Debian packages, as one-line entries for another release; `targets` is what
 * `apt-get indextargets` prints with `URI SUITE COMPONENT KEYRING`, `own` the machine's release. Folders and sources of
 * other makers are left out.
 */
export function sourcesFor(release: string, targets: string, own: string): readonly string[] {
  const entries = targets.split('\n').flatMap((line) => {
    const [uri = '', suite = '', component = '', keyring = ''] = line.split(' ');
    if (!/^https?:/.test(uri) || !(suite === own || suite.startsWith(`${own}-`))) return [];
    const signed = keyring.startsWith('/') ? `[signed-by=${keyring}] ` : '';
    return [`deb ${signed}${uri} ${suite.replace(own, release)} ${component}`];
  });
  return [...new Set(entries)].toSorted();
}

/** The same, asked of this machine (a Debian). Throws where it has none. */
export function machineSources(release: string): readonly string[] {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY) ';
  const targets = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const own = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const sources = sourcesFor(release, targets, own);
  if (sources.length === 0) throw new Error('No Debian sources. Run `apt-get update` first.');
  return sources;
}

/** Downloads into `folder` what the package `name` of a release depends on first; installs nothing. Returns the file. */
export function downloadFirstDependency(release: string, name: string, folder: string): string {
  const at = (part: string) => join(folder, part);
  for (const part of ['lists/partial', 'cache/archives/partial', 'none']) mkdirSync(at(part), { recursive: true });
  writeFileSync(at('sources.list'), machineSources(release).join('\n'));
  const apart = {
    'Dir::Etc::sourcelist': at('sources.list'),
    'Dir::Etc::sourceparts': at('none'),
    'Dir::Etc::preferences': at('absent'),
    'Dir::Etc::preferencesparts': at('none'),
    'Dir::State::lists': at('lists'),
    'Dir::Cache': at('cache'),
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(apart).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const apt = (program: string, ...words: readonly string[]) =>
    execFileSync(program, [...options, ...words], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  apt('apt-get', 'update', '-qq');
  const real = /Depends: (\S+)/.exec(apt('apt-cache', 'depends', name))?.[1];
  if (real === undefined) throw new Error(`${release} has no ${name}.`);
  apt('apt-get', 'download', '-qq', real);
  const file = execFileSync('find', [folder, '-maxdepth', '1', '-name', `${real}_*.deb`], { encoding: 'utf8' }).trim();
  return file;
}
