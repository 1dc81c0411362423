/** What `test/feeds` keeps of one part of the whole feeds: a row of the table in their README. */
export interface FeedPart {
  /** First column of the README's table. */
  readonly row: string;
  /** Folder with the `all.zip`. */
  readonly dump: string;
  /** Which records of the dump belong to this part. */
  readonly ids: RegExp;
  /** Whether its records were converted from another format. Missing: either. */
  readonly converted?: boolean;
  /** Packages whose records are kept, all of them for one package; `*` at the end stands for any rest. */
  readonly packages: readonly string[];
  /** It has no licence: only ids, packages, versions, dates and ratings are kept, no text. */
  readonly factsOnly?: true;
}

const distribution = ['openssl', 'curl', 'zlib', 'glibc', 'perl', 'expat', 'libxml2', 'sqlite*', 'systemd', 'busybox'];
const everything = ['*'];

const maven = [
  'org.apache.logging.log4j:*',
  'log4j:*',
  'org.springframework:*',
  'org.springframework.boot:*',
  'org.springframework.security:spring-security-core',
  'com.fasterxml.jackson.core:*',
  'org.apache.tomcat*',
  'org.apache.commons:*',
  'commons-*',
  'io.netty:netty-codec-http',
  'org.yaml:snakeyaml',
  'ch.qos.logback:*',
  'com.google.guava:*',
  'com.google.code.gson:*',
  'com.h2database:h2',
];

const npm = [
  'express',
  'qs',
  'lodash',
  'minimist',
  'handlebars',
  'axios',
  'ws',
  'moment',
  'semver',
  'send',
  'serve-static',
  'body-parser',
  'path-to-regexp',
  'cookie',
  'debug',
  'ms',
  'tough-cookie',
  'js-yaml',
  '@babel/traverse',
  'jsonwebtoken',
  'follow-redirects',
  'left-pad',
  'negotiator',
  'fresh',
  'mime',
  'request',
  'underscore',
  'validator',
  'y18n',
  'tar',
  'npm',
  'event-stream',
  'fsevents',
  'ua-parser-js',
];

const go = [
  'stdlib',
  'golang.org/x/*',
  'google.golang.org/*',
  'gopkg.in/yaml*',
  'github.com/gin-gonic/gin',
  'github.com/opencontainers/runc',
  'github.com/containerd/containerd',
  'github.com/golang-jwt/*',
];

const crates = [
  'openssl',
  'hyper',
  'tokio',
  'h2',
  'time',
  'tar',
  'smallvec',
  'regex',
  'chrono',
  'rustls*',
  'ring',
  'http',
  'git2',
  'crossbeam*',
  'bytes',
  'idna',
  'url',
  'libgit2-sys',
  'rust-crypto',
  'term_size',
  'once_cell',
  'remove_dir_all',
];

const pypi = [
  'django',
  'flask',
  'jinja2',
  'werkzeug',
  'requests',
  'urllib3',
  'pyyaml',
  'certifi',
  'setuptools',
  'pip',
  'zope*',
  'aiohttp',
  'idna',
  'py',
];

const packagist = ['guzzlehttp/*', 'twig/twig', 'phpmailer/phpmailer', 'monolog/monolog', 'drupal/webform'];

/** Converted GitHub advisories, and records of GitHub, OpenSSF and OSV.dev that were taken whole. */
function ofGitHub(dump: string, packages: readonly string[]): readonly FeedPart[] {
  return [
    { row: `${dump} + GHSA`, dump, ids: /^GHSA-/, converted: true, packages },
    { row: `${dump} + OSV records`, dump, ids: /^(?:GHSA|MAL)-/, converted: false, packages },
  ];
}

/**
 * All parts that `test/feeds` keeps something of. Left out, because their licence does not clearly permit passing them on:
 * RubySec with its parts of OSVDB. Left out, because another part says the same: Victims, Alpine's former secdb.
 */
export const feedParts: readonly FeedPart[] = [
  {
    row: 'AlmaLinux',
    dump: 'AlmaLinux',
    ids: /^AL[BES]A-/,
    packages: ['openssl', 'curl', 'zlib', 'expat', 'bash', 'tomcat'],
  },
  {
    row: 'Alpine',
    dump: 'Alpine',
    ids: /^ALPINE-CVE-/,
    packages: [
      'openssl',
      'curl',
      'zlib',
      'expat',
      'busybox',
      'musl',
      'apk-tools',
      'nginx',
      'pcre2',
      'ncurses',
      'xz',
      'nghttp2',
      'brotli',
    ],
    factsOnly: true,
  },
  { row: 'Azure Linux', dump: 'Azure Linux', ids: /^AZLOVAL-/, packages: distribution },
  { row: 'Bitnami', dump: 'Bitnami', ids: /^BIT-/, packages: ['redis'] },
  { row: 'crates.io', dump: 'crates.io', ids: /^RUSTSEC-/, packages: crates },
  ...ofGitHub('crates.io', crates),
  { row: 'Debian', dump: 'Debian', ids: /^D[LS]A-/, packages: distribution.slice(0, 6), factsOnly: true },
  { row: 'Debian:12', dump: 'Debian:12', ids: /^DEBIAN-CVE-/, packages: ['python3.11'], factsOnly: true },
  {
    row: 'Debian:13',
    dump: 'Debian:13',
    ids: /^DEBIAN-CVE-/,
    packages: [
      ...distribution,
      'gnutls28',
      'krb5',
      'ncurses',
      'util-linux',
      'openssh',
      'libssh2',
      'openldap',
      'nghttp2',
      'libcap2',
      'libx*',
      'gzip',
      'tar',
      'xz-utils',
      'bash',
      'coreutils',
      'shadow',
      'pam',
      'libgcrypt20',
      'brotli',
      'pcre2',
      'lz4',
      'libzstd',
    ],
    factsOnly: true,
  },
  { row: 'Go', dump: 'Go', ids: /^GO-/, packages: go },
  ...ofGitHub('Go', go),
  { row: 'Kubernetes', dump: 'Kubernetes', ids: /^CVE-/, packages: everything, factsOnly: true },
  { row: 'Maven + CVE', dump: 'Maven', ids: /^CVE-/, packages: maven },
  { row: 'Maven + OSV records', dump: 'Maven', ids: /^(?:GHSA|MAL)-/, converted: false, packages: maven },
  { row: 'Maven + ProjectKB', dump: 'Maven', ids: /^PROJECTKB-/, packages: maven },
  { row: 'npm + NSWG', dump: 'npm', ids: /^NSWG-/, packages: npm },
  { row: 'npm + RetireJS', dump: 'npm', ids: /^RETIREJS-/, packages: npm },
  ...ofGitHub('npm', npm),
  { row: 'NuGet', dump: 'NuGet', ids: /^DOTNET-/, packages: everything },
  ...ofGitHub('NuGet', everything),
  { row: 'Packagist', dump: 'Packagist', ids: /^FRIENDSOFPHP-/, packages: packagist },
  { row: 'Packagist + Drupal', dump: 'Packagist', ids: /^DRUPAL-/, packages: packagist },
  ...ofGitHub('Packagist', packagist),
  { row: 'PyPI', dump: 'PyPI', ids: /^PYSEC-/, packages: pypi },
  ...ofGitHub('PyPI', pypi),
  {
    row: 'Red Hat + CVE',
    dump: 'Red Hat',
    ids: /^REDHAT-/,
    packages: ['openssl', 'curl', 'glibc', 'tomcat', 'sudo', 'podman', 'jss'],
  },
  {
    row: 'Red Hat + OVAL',
    dump: 'Red Hat',
    ids: /^RH[BES]A-/,
    packages: ['openssl', 'curl', 'glibc', 'systemd', 'sudo', 'nodejs', 'sqlite'],
  },
  ...ofGitHub('RubyGems', everything),
  { row: 'Ubuntu', dump: 'Ubuntu', ids: /^UBUNTU-CVE-/, packages: ['openssl', 'zlib'], factsOnly: true },
  { row: 'Wolfi', dump: 'Wolfi', ids: /^CGA-/, packages: [...distribution, 'apk-tools', 'bash', 'nginx'] },
];

/** The only commit of Wolfi's advisories whose licence permits to pass them on. */
export const wolfiCommit = '244709c95297';

/** Dumps that tests scan packages of: every record of a package that a test names by an advisory is kept. */
export const dumpsOfTests: ReadonlySet<string> = new Set([
  'AlmaLinux',
  'Alpine',
  'Debian',
  'Debian:13',
  'Maven',
  'npm',
]);
