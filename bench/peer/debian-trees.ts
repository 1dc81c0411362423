import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeOnce } from '../../test/make/made-once.ts';
import { trivyProgram } from './trivy.ts';

/** Programs and libraries as Debian 13 ships them, by language. */
const packages = Object.values({
  go: ['caddy', 'docker-compose', 'gh', 'gobuster', 'hugo', 'minio-client', 'rclone', 'restic', 'syncthing'],
  python: [
    ...libraries('python3', 'aiohttp', 'cryptography', 'django', 'flask', 'jinja2', 'pil'),
    ...libraries('python3', 'tornado', 'twisted', 'urllib3', 'werkzeug', 'yaml', 'zope.interface'),
  ],
  ruby: ['puma', ...libraries('ruby', 'actionpack', 'loofah', 'nokogiri', 'rack', 'rails-html-sanitizer', 'sinatra')],
  java: [
    'libcommons-collections3-java',
    'libcommons-fileupload-java',
    'libguava-java',
    'libjackson2-databind-java',
    'liblog4j1.2-java',
    'liblog4j2-java',
    'libnetty-java',
    'libspring-core-java',
    'libtomcat10-java',
    'libxstream-java',
  ],
  php: ['composer', 'phpmyadmin'],
  node: libraries('node', 'undici', 'ws', 'tar', 'json5'),
}).flat();

function libraries(language: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) => `${language}-${name}`);
}

/** Folders with the same files: as a stranger leaves them, and as packages that dpkg's database lists. */
export interface DebianTrees {
  readonly unowned: string;
  readonly owned: string;
}

/** Fetches the packages from Debian's mirror by `apt-get` and lays them out, once. A Trivy of 2023 lies among the programs. */
export async function debianTrees(): Promise<DebianTrees> {
  const folder = join(import.meta.dirname, '../../.cache/test-images/peer-trees-v1');
  const trivy = await trivyProgram();
  await madeOnce(folder, (work) => make(work, trivy));
  return { unowned: join(folder, 'unowned'), owned: join(folder, 'owned') };
}

function make(work: string, trivy: string): void {
  const debs = join(work, 'debs');
  mkdirSync(debs);
  execFileSync('apt-get', ['-q', '-q', '-o', 'APT::Sandbox::User=root', 'download', ...packages], { cwd: debs });
  const files = readdirSync(debs).map((name) => join(debs, name));
  const [unowned, owned] = [join(work, 'unowned'), join(work, 'owned')];
  for (const root of [unowned, owned]) {
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID="13"\nNAME=Debian\n');
    writeFileSync(join(root, 'etc/debian_version'), '13.1\n');
  }
  for (const file of files) execFileSync('dpkg-deb', ['-x', file, unowned]);
  mkdirSync(join(unowned, 'opt'), { recursive: true });
  copyFileSync(trivy, join(unowned, 'opt/trivy'));
  for (const name of ['info', 'updates']) mkdirSync(join(owned, 'var/lib/dpkg', name), { recursive: true });
  writeFileSync(join(owned, 'var/lib/dpkg/status'), '');
  // Their scripts are not for a folder.
  const words = [`--root=${owned}`, '--force-all', '--force-script-chrootless', '--unpack', ...files];
  execFileSync('dpkg', words, { stdio: 'pipe' });
  const status = join(owned, 'var/lib/dpkg/status');
  writeFileSync(status, readFileSync(status, 'utf8').replaceAll(/^Status: .*$/gm, 'Status: install ok installed'));
  rmSync(debs, { recursive: true });
}
