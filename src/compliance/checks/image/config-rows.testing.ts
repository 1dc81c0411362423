import type { ImageShape } from '#catalog/index.ts';
import { type Row, variable } from './row.testing.ts';

const windows = { os: 'windows', architecture: 'amd64' };

/** Users, `[as written, number by /etc/passwd, states of IMG-001, 002, 003]`. */
const users: readonly (readonly [string, number, Row['state'], Row['state'], Row['state']])[] = [
  ['', 0, 'fail', 'not-applicable', 'fail'],
  ['root', 0, 'fail', 'fail', 'fail'],
  ['root:root', 0, 'fail', 'fail', 'fail'],
  ['0', 0, 'fail', 'fail', 'fail'],
  ['00', 0, 'fail', 'fail', 'fail'],
  ['0:0', 0, 'fail', 'fail', 'fail'],
  ['0:1000', 0, 'fail', 'fail', 'fail'],
  [':1000', 0, 'fail', 'not-applicable', 'fail'],
  ['1000', 1000, 'pass', 'pass', 'pass'],
  ['1000:0', 1000, 'pass', 'pass', 'pass'],
  ['app', 1000, 'pass', 'pass', 'fail'],
  ['toor', 0, 'pass', 'fail', 'fail'],
  ['rooted', 1000, 'pass', 'pass', 'fail'],
  ['01000', 1000, 'pass', 'pass', 'fail'],
];

const userRows = users.flatMap(([user, userId, ...states]): readonly Row[] =>
  states.map((state, at) => ({ id: `IMG-00${at + 1}`, when: `USER ${user}`, facts: { user, userId }, state })),
);

const ofWindows = ['IMG-001', 'IMG-002', 'IMG-003', 'IMG-052'].map((id): Row => {
  return { id, when: 'Windows', facts: { platform: windows, workingDirectory: 'C:\\' }, state: 'not-applicable' };
});

function fails(id: string, facts: Partial<ImageShape>, ...seen: readonly string[]): Row {
  return { id, when: JSON.stringify(facts), facts, state: 'fail', seen };
}

function passes(id: string, facts: Partial<ImageShape>): Row {
  return { id, when: JSON.stringify(facts), facts, state: 'pass' };
}

const source = { name: 'org.opencontainers.image.source', value: 'https://git.example/app' };
const revision = { name: 'org.opencontainers.image.revision', value: '0b1c' };

export const configRows: readonly Row[] = [
  ...userRows,
  ...ofWindows,
  fails('IMG-015', { exposedPorts: ['22/tcp', '80/tcp'] }, '22/tcp (SSH)'),
  fails('IMG-015', { exposedPorts: ['20-25/tcp'] }, '20-25/tcp (SSH)'),
  fails(
    'IMG-015',
    { exposedPorts: ['513/tcp', '3389/tcp', '5900/tcp'] },
    '513/tcp (rlogin)',
    '3389/tcp (remote desktop)',
    '5900/tcp (VNC)',
  ),
  passes('IMG-015', { exposedPorts: ['2222/tcp', '22/udp', '8022/tcp', '24-511/tcp'] }),
  {
    ...fails('IMG-016', { exposedPorts: ['8080/tcp', '9090/tcp'] }, '9090/tcp'),
    lists: { 'allowed-image-ports': ['8080'] },
  },
  { ...passes('IMG-016', { exposedPorts: ['8080/tcp'] }), lists: { 'allowed-image-ports': ['8080/tcp'] } },
  { id: 'IMG-016', when: 'nobody allowed ports', facts: {}, state: 'not-assessed' },
  fails('IMG-023', { healthCheck: [] }, 'none'),
  fails('IMG-023', { healthCheck: ['NONE'] }, 'NONE'),
  fails('IMG-023', { healthCheck: ['CMD-SHELL', ' '] }, 'CMD-SHELL'),
  passes('IMG-023', { healthCheck: ['CMD-SHELL', 'curl -f http://localhost/'] }),
  fails('IMG-051', { volumes: ['/etc', '/data', '/proc/sys'] }, '/etc', '/proc/sys'),
  fails('IMG-051', { volumes: ['/'] }, '/'),
  passes('IMG-051', { volumes: ['/etc/nginx', '/usr/share/nginx/html', '/system'] }),
  fails('IMG-052', { workingDirectory: 'app' }, 'app'),
  fails('IMG-052', { workingDirectory: '/srv/../proc/1' }, '/srv/../proc/1'),
  fails('IMG-052', { workingDirectory: '//boot' }, '//boot'),
  passes('IMG-052', { workingDirectory: '' }),
  passes('IMG-052', { workingDirectory: '/process' }),
  fails('IMG-053', { onBuild: ['COPY . /srv', 'RUN TOKEN=x make'] }, 'ONBUILD COPY', 'ONBUILD RUN'),
  passes('IMG-053', { onBuild: [] }),
  fails('IMG-054', variable('LD_PRELOAD', '/usr/lib/x.so'), 'LD_PRELOAD=/usr/lib/x.so'),
  fails('IMG-054', variable('BASH_ENV', '/tmp/rc'), 'BASH_ENV=/tmp/rc'),
  fails('IMG-054', variable('PATH', '.:/usr/bin:node_modules/.bin'), 'PATH: .', 'PATH: node_modules/.bin'),
  fails('IMG-054', variable('PATH', '/usr/bin:'), 'PATH: an empty entry'),
  fails('IMG-054', variable('PATH', '/tmp/bin:/usr/bin'), 'PATH: /tmp/bin'),
  passes('IMG-054', variable('PATH', '/tmpfiles/bin:/usr/bin')),
  passes('IMG-054', variable('LD_PRELOAD', '')),
  fails('IMG-055', variable('NODE_TLS_REJECT_UNAUTHORIZED', '0'), 'NODE_TLS_REJECT_UNAUTHORIZED=0'),
  fails('IMG-055', variable('PYTHONHTTPSVERIFY', '0'), 'PYTHONHTTPSVERIFY=0'),
  fails('IMG-055', variable('GIT_SSL_NO_VERIFY', 'false'), 'GIT_SSL_NO_VERIFY=false'),
  fails('IMG-055', variable('CURL_CA_BUNDLE', ''), 'CURL_CA_BUNDLE='),
  fails('IMG-055', variable('npm_config_strict_ssl', 'false'), 'npm_config_strict_ssl=false'),
  fails('IMG-055', variable('PIP_TRUSTED_HOST', 'pypi.org'), 'PIP_TRUSTED_HOST=pypi.org'),
  passes('IMG-055', variable('NODE_TLS_REJECT_UNAUTHORIZED', '1')),
  passes('IMG-055', variable('CURL_CA_BUNDLE', '/etc/ssl/own.pem')),
  passes('IMG-055', variable('CURL_INSECURE', 'no')),
  fails(
    'IMG-059',
    { labels: [{ ...source, value: ' ' }, revision] },
    'lacks org.opencontainers.image.source',
    'lacks a label that names the owner',
  ),
  passes('IMG-059', { labels: [source, revision, { name: 'seawall.application', value: 'shop' }] }),
  fails('IMG-006', { supportEnds: '2026-11-29' }, 'Debian GNU/Linux 13 (trixie), until 2026-11-29'),
  passes('IMG-006', { supportEnds: '2026-11-30' }),
  fails('IMG-046', { created: '2026-01-01T00:00:00.000Z' }, 'built 2026-01-01'),
  passes('IMG-046', { created: '2026-06-03T00:00:00.000Z' }),
  {
    ...fails('IMG-046', { created: '2026-11-01T00:00:00.000Z' }, 'built 2026-11-01'),
    lists: { 'oldest-image': ['28'] },
  },
  { id: 'IMG-046', when: 'days that are none', facts: {}, lists: { 'oldest-image': ['soon'] }, state: 'error' },
  { id: 'IMG-046', when: 'built in the future', facts: { created: '2030-01-01T00:00:00.000Z' }, state: 'warn' },
];
