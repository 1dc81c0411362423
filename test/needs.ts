import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Something that some test files need beyond Node and npm. */
export interface Need {
  /** What a person reads. */
  readonly summary: string;
  /** Debian's packages that bring it, of those in `tools/debian-packages.txt`. */
  readonly packages: readonly string[];
  isMet(): boolean;
}

const root = join(import.meta.dirname, '..');

/** Where Debian and others put Chromium. The one without windows is smaller and some 10 % faster. */
const browsers = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The browser of tests: the one that `CHROMIUM` names, or the first that is there; none where there is none. */
export function chromium(): string | undefined {
  return [process.env['CHROMIUM'], ...browsers].find((place) => place !== undefined && existsSync(place));
}

/** Feeds that every checkout has. */
export const smallFeeds = join(root, 'test/feeds');

/** The whole feeds: where `SEAWALL_FEEDS` points, else beside the checkout; none where only the small ones are there. */
export function wholeFeeds(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = environment['SEAWALL_FEEDS'];
  return [named === smallFeeds ? undefined : named, join(root, '../shared/feeds')].find(
    (folder) => folder !== undefined && existsSync(join(folder, 'native/osv-query-answers.jsonl.gz')),
  );
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** A need for programs, all of which are on the path. */
function programs(names: readonly string[], packages: readonly string[]): Need {
  return { summary: names.join(', '), packages, isMet: () => names.every(isOnPath) };
}

/** Everything that a test file may declare a need for in `file-needs.ts`. */
export const needs = {
  root: { summary: 'root', packages: [], isMet: isRoot },
  'whole feeds': {
    summary: 'the whole feeds, not only test/feeds: name their folder with SEAWALL_FEEDS',
    packages: [],
    isMet: () => wholeFeeds() !== undefined,
  },
  docker: {
    summary: 'root and dockerd, to start Docker engines',
    packages: ['docker.io', 'docker-cli', 'docker-buildx'],
    isMet: () => isRoot() && ['dockerd', 'docker', 'runc'].every(isOnPath),
  },
  'debian image': {
    summary: 'root, mmdebstrap, umoci, skopeo and dpkg, to make a Debian image',
    packages: ['mmdebstrap', 'umoci', 'skopeo', 'dpkg-dev'],
    isMet: () => isRoot() && ['mmdebstrap', 'umoci', 'skopeo', 'dpkg-deb', 'xargs', 'readelf'].every(isOnPath),
  },
  chromium: {
    summary: 'Chromium, where Debian and others put it or where CHROMIUM says',
    packages: ['chromium-headless-shell'],
    isMet: () => chromium() !== undefined,
  },
  'C compiler': programs(['gcc', 'make'], ['gcc', 'make', 'libc6-dev', 'libjansson-dev']),
  kernel: {
    summary: 'root, clang and dockerd, to load programs into the kernel',
    packages: ['clang-19', 'llvm-19', 'libbpf-dev', 'bpftool', 'libelf-dev', 'zlib1g-dev', 'libclang-rt-19-dev'],
    isMet: () => isRoot() && ['clang-19', 'bpftool', 'make', 'gcc', 'dockerd', 'runc'].every(isOnPath),
  },
  dpkg: programs(['dpkg', 'dpkg-query'], []),
  apt: programs(['apt-get', 'dpkg-deb', 'dpkg'], []),
  binutils: programs(['readelf', 'objcopy'], ['gcc']),
  go: programs(['go'], ['golang-go']),
  groovy: programs(['groovy'], ['groovy']),
  ruby: programs(['ruby'], ['ruby']),
  composer: {
    summary: 'php and composer/semver',
    packages: ['php-cli', 'php-composer-semver'],
    isMet: () => isOnPath('php') && existsSync('/usr/share/php/Composer/Semver/autoload.php'),
  },
  java: {
    summary: 'java and maven-artifact',
    packages: ['default-jdk-headless', 'libmaven3-core-java'],
    isMet: () => isOnPath('java') && existsSync('/usr/share/java/maven3-artifact.jar'),
  },
  python: {
    summary: 'python3 of Debian with its library packaging',
    packages: ['python3-packaging'],
    isMet: () => existsSync('/usr/bin/python3') && existsSync('/usr/lib/python3/dist-packages/packaging'),
  },
  pip: {
    summary: 'python3 and pip of Debian',
    packages: ['python3-pip'],
    isMet: () => ['/usr/bin/python3', '/usr/bin/pip'].every((program) => existsSync(program)),
  },
  bundler: programs(['bundle'], ['ruby-bundler']),
  cargo: programs(['cargo'], ['cargo']),
  'composer itself': programs(['composer'], ['composer']),
  pacman: programs(['pacman', 'vercmp'], ['pacman-package-manager', 'makepkg']),
  bzip2: programs(['bzip2'], ['bzip2']),
  rpm: programs(['rpm', 'rpmbuild', 'db_load'], ['rpm', 'db-util']),
  'rpm managers': programs(['dnf', 'zypper', 'createrepo_c'], ['dnf', 'zypper', 'createrepo-c']),
  skopeo: programs(['skopeo'], ['skopeo']),
  minisign: programs(['minisign', 'openssl'], ['minisign', 'openssl']),
  promtool: programs(['promtool'], ['promtool']),
  registry: programs(['docker-registry', 'cosign', 'openssl'], ['docker-registry', 'cosign', 'openssl']),
  systemd: programs(['systemd-socket-activate'], []),
  xmllint: programs(['xmllint'], ['libxml2-utils']),
  busybox: programs(['busybox'], ['busybox-static']),
} as const satisfies Readonly<Record<string, Need>>;

export type NeedName = keyof typeof needs;

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
