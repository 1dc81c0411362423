import { execFileSync } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A package as an ecosystem's own tool lists it: where, its name and version. */
export type Label = readonly [place: string, name: string, version: string];

/** How an ecosystem itself lists what a tree holds, and which of our packages are to be the same. */
interface List {
  /** Analyzers whose packages are compared. */
  readonly analyzers: readonly string[];
  /** The place that a label names, of a path where a package is found. */
  readonly placeOf: (path: string) => string;
  readonly list: (root: string) => readonly Label[];
}

export type ListName = 'dpkg' | 'composer' | 'cargo' | 'golang' | 'pypi' | 'gem' | 'npm' | 'nuget' | 'programs';

const same = (path: string): string => path;

export const lists: Readonly<Record<ListName, List>> = {
  composer: { analyzers: ['composer'], placeOf: same, list: (root) => scripted(root, ['php', 'composer.php']) },
  cargo: { analyzers: ['cargo'], placeOf: same, list: (root) => scripted(root, ['/usr/bin/python3', 'cargo.py']) },
  golang: { analyzers: ['golang'], placeOf: same, list: modules },
  pypi: {
    analyzers: ['pypi'],
    placeOf: (path) => path.replace(/\/?[^/]+\.(?:dist-info|egg-info)(?:\/[^/]+)?$|(?<=\.egg)\/.*$/, ''),
    list: (root) => scripted(root, ['/usr/bin/python3', 'pypi.py']),
  },
  gem: { analyzers: ['gem'], placeOf: same, list: (root) => scripted(root, ['ruby', 'gem.rb']) },
  npm: { analyzers: ['npm'], placeOf: same, list: nodeModules },
  nuget: { analyzers: ['nuget'], placeOf: same, list: (root) => scripted(root, ['/usr/bin/python3', 'nuget.py']) },
  dpkg: { analyzers: ['dpkg'], placeOf: () => '', list: debs },
  programs: { analyzers: ['programs'], placeOf: (path) => path.split('/')[0] ?? '', list: programs },
};

/** What a script beside this file prints: a JSON list of labels. */
function scripted(root: string, [program, script]: readonly [program: string, script: string]): readonly Label[] {
  const text = execFileSync(program, [join(import.meta.dirname, script), root], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  return JSON.parse(text) as readonly Label[];
}

/** What `go version -m` prints, which follows links; a module that another replaces stands for that one. */
function modules(root: string): readonly Label[] {
  const text = execFileSync('go', ['version', '-m', root], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const labels: Label[] = [];
  let place = '';
  for (const line of text.split('\n')) {
    const program = /^(\S.*): go(\S+)/.exec(line);
    const [, word, name = '', version = ''] = line.split('\t');
    if (program !== null) {
      place = relative(root, realpathSync(program[1] ?? ''));
      labels.push([place, 'stdlib', program[2] ?? '']);
    } else if (word === '=>') labels.splice(-1, 1, [place, name, version]);
    else if (word === 'mod' || word === 'dep') labels.push([place, name, version]);
  }
  return labels;
}

/** What npm reads of `node_modules`, bundled packages among them. */
function nodeModules(root: string): readonly Label[] {
  const project = join(root, 'srv/app');
  const text = execFileSync('npm', ['query', '*'], { cwd: project, encoding: 'utf8', maxBuffer: 2 ** 30 });
  const found = JSON.parse(text) as readonly Readonly<Record<'name' | 'version' | 'location', string>>[];
  const installed = found.filter(({ location }) => location !== '');
  return installed.map(({ name, version, location }) => [`srv/app/${location}/package.json`, name, version]);
}

/** What dpkg says is installed. */
function debs(root: string): readonly Label[] {
  const format = '${db:Status-Status}\t${Package}\t${Version}\n';
  const words = ['--admindir', join(root, 'var/lib/dpkg'), '--show', '--showformat', format];
  const lines = execFileSync('dpkg-query', words, { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line): readonly Label[] => {
    const [status, name = '', version = ''] = line.split('\t');
    return status === 'installed' ? [['', name, version]] : [];
  });
}

/** Packages of Debian, by their names, that hold the program itself: their upstream version is its own. */
const holders: readonly (readonly [of: RegExp, name: string])[] = [
  [/^busybox(?:-static)?$/, 'busybox'],
  [/^libnode\d+$/, 'node'],
  [/^(?:lib)?python3\.\d+(?:-minimal)?$/, 'python'],
  [/^nginx$/, 'nginx'],
  [/^apache2-bin$/, 'httpd'],
  [/^(?:openssl|libssl3t64)$/, 'openssl'],
  [/^redis-tools$/, 'redis'],
  [/^valkey-tools$/, 'valkey'],
  [/^postgresql-\d+$/, 'postgresql'],
  [/^mariadb-(?:server|client)-core$/, 'mariadb'],
  [/^(?:php\d\.\d-(?:cli|fpm|cgi)|libphp\d\.\d-embed|libapache2-mod-php\d\.\d)$/, 'php'],
  [/^(?:curl|libcurl\d.*)$/, 'curl'],
  [/^libruby\d\.\d$/, 'ruby'],
  [/^(?:perl-base|libperl\d\.\d+)$/, 'perl'],
  [/^haproxy$/, 'haproxy'],
  [/^memcached$/, 'memcached'],
  [/^varnish$/, 'varnish'],
  [/^bash$/, 'bash'],
  [/^git$/, 'git'],
  [/^lua5\.\d$/, 'lua'],
];

/** Folders are named `PACKAGE=VERSION`. A package that is not named above has to give no program. */
function programs(root: string): readonly Label[] {
  return readdirSync(root).flatMap((folder): readonly Label[] => {
    const [own = '', version = ''] = folder.split('=');
    const name = holders.find(([pattern]) => pattern.test(own))?.[1];
    return name === undefined ? [] : [[folder, name, upstreamOf(version)]];
  });
}

/** `1:11.8.9+ds-0+deb13u1` → `11.8.9`. */
function upstreamOf(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~](?:ds|dfsg).*$/, '');
}
