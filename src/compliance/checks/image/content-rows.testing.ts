import type { ImageShape } from '#catalog/index.ts';
import { malwareSet, type Row } from './row.testing.ts';

function fails(id: string, facts: Partial<ImageShape>, ...seen: readonly string[]): Row {
  return { id, when: JSON.stringify(facts), facts, state: 'fail', seen };
}

function passes(id: string, facts: Partial<ImageShape>): Row {
  return { id, when: JSON.stringify(facts), facts, state: 'pass' };
}

const root = { name: 'root', uid: 0, gid: 0, shell: '/bin/bash' };
const sync = { name: 'sync', uid: 4, gid: 65_534, shell: '/bin/sync' };
const app = { name: 'app', uid: 1000, gid: 1000, shell: '' };
const fingerprint = 'ab'.repeat(32);
const ownRoot = { subject: 'CN=Proxy', fingerprint, isPackaged: false };
const miner = { path: '/srv/a', isProgram: true, by: 'pool', seen: 'pool.example:1' } as const;
const poolsOf = (...paths: readonly string[]) => paths.map((path) => `${path} names the pool pool.example:1`);
const tar = 'application/vnd.oci.image.layer.v1.tar';

export const contentRows: readonly Row[] = [
  fails('IMG-047', { accounts: [root, app], emptyPasswords: ['app'] }, 'app'),
  passes('IMG-047', { accounts: [root, sync], emptyPasswords: ['sync', 'gone'] }),
  passes('IMG-047', { accounts: [{ ...app, shell: '/usr/sbin/nologin' }], emptyPasswords: ['app'] }),
  fails('IMG-048', { accounts: [root, { ...root, name: 'toor' }] }, 'toor has user id 0'),
  fails('IMG-048', { accounts: [root, app, { ...app, name: 'twin' }] }, 'user id 1000: app, twin'),
  fails(
    'IMG-048',
    {
      groups: [
        { name: 'a', gid: 5 },
        { name: 'b', gid: 5 },
      ],
    },
    'group id 5: a, b',
  ),
  passes('IMG-048', { accounts: [root, sync, app], groups: [{ name: 'app', gid: 1000 }] }),
  { id: 'IMG-048', when: 'FROM scratch', facts: { accounts: [], groups: [] }, state: 'not-applicable' },
  fails('IMG-025', { specialModes: [{ path: '/srv/app/start', mode: 0o4755 }] }, '/srv/app/start 4755'),
  // A package database does not know modes: the shell is its package's all the same.
  fails('IMG-025', { specialModes: [{ path: '/usr/bin/bash', mode: 0o4755, package: 'bash' }] }, '/usr/bin/bash 4755'),
  fails('IMG-025', { specialModes: [{ path: '/usr/local/bin/su', mode: 0o4755 }] }, '/usr/local/bin/su 4755'),
  fails(
    'IMG-025',
    { specialModes: [{ path: '/usr/bin/ssh-agent', mode: 0o4755, package: 'openssh-client' }] },
    '/usr/bin/ssh-agent 4755',
  ),
  fails('IMG-025', { specialModes: [{ path: '/x', mode: 0o2711 }] }, '/x 2711'),
  passes('IMG-025', { specialModes: [{ path: '/usr/bin/su', mode: 0o4755, package: 'util-linux' }] }),
  {
    ...passes('IMG-025', { specialModes: [{ path: '/opt/x', mode: 0o4755 }] }),
    lists: { 'own-setuid-programs': ['/opt/x'] },
  },
  fails('IMG-026', { fileCapabilities: [{ path: '/srv/app', capabilities: ['NET_ADMIN'] }] }, '/srv/app NET_ADMIN'),
  fails('IMG-026', { fileCapabilities: [{ path: '/bin/ping', capabilities: ['NET_RAW'] }] }, '/bin/ping NET_RAW'),
  fails(
    'IMG-026',
    { fileCapabilities: [{ path: '/bin/ping', capabilities: ['NET_RAW', 'SYS_ADMIN'], package: 'iputils-ping' }] },
    '/bin/ping SYS_ADMIN',
  ),
  passes('IMG-026', { fileCapabilities: [{ path: '/bin/ping', capabilities: ['NET_RAW'], package: 'iputils-ping' }] }),
  {
    ...passes('IMG-026', { fileCapabilities: [{ path: '/x', capabilities: ['NET_RAW'] }] }),
    lists: { 'own-capable-programs': ['/x'] },
  },
  fails('IMG-049', { worldWritable: [{ path: '/srv/app/config', mode: 0o666, kind: 'file' }] }, '/srv/app/config 0666'),
  fails('IMG-049', { worldWritable: [{ path: '/srv/app', mode: 0o777, kind: 'directory' }] }, '/srv/app 0777'),
  // A sticky bit protects no file, and /tmp without one is nobody's.
  fails('IMG-049', { worldWritable: [{ path: '/srv/x', mode: 0o1666, kind: 'file' }] }, '/srv/x 1666'),
  fails('IMG-049', { worldWritable: [{ path: '/tmp', mode: 0o777, kind: 'directory' }] }, '/tmp 0777'),
  fails('IMG-049', { worldWritable: [{ path: '/tmpx/a', mode: 0o602, kind: 'file' }] }, '/tmpx/a 0602'),
  passes('IMG-049', {
    worldWritable: [
      { path: '/var/lock', mode: 0o1777, kind: 'directory' },
      { path: '/tmp/x', mode: 0o666, kind: 'file' },
    ],
  }),
  // 0577 and 0775 look larger or smaller than 0755; only the bit for others counts.
  passes('IMG-049', { worldWritable: [{ path: '/srv/x', mode: 0o775, kind: 'directory' }] }),
  fails(
    'IMG-060',
    { packageCaches: [{ path: '/var/lib/apt/lists/x_Packages', layer: 1 }] },
    '/var/lib/apt/lists/x_Packages',
  ),
  passes('IMG-060', { packageCaches: [{ path: '/var/lib/apt/lists/x_Packages', layer: 0 }] }),
  fails('IMG-013', { programs: ['/usr/bin/gcc', '/usr/bin/apt', '/usr/bin/ls'] }, '/usr/bin/gcc'),
  {
    id: 'IMG-013',
    when: 'a package manager alone',
    facts: { programs: ['/usr/bin/apt'] },
    state: 'warn',
    seen: ['/usr/bin/apt'],
  },
  passes('IMG-013', { programs: ['/usr/lib/gcc/x/gcc', '/usr/bin/gccgo', '/srv/app/make'] }),
  { ...passes('IMG-013', { programs: ['/usr/bin/make'] }), lists: { 'unwanted-tools': [] } },
  fails('IMG-014', { programs: ['/usr/sbin/sshd'] }, '/usr/sbin/sshd'),
  fails(
    'IMG-014',
    { packages: [{ type: 'deb', name: 'openssh-server', version: '1:10' }] },
    'package openssh-server 1:10',
  ),
  passes('IMG-014', {
    programs: ['/usr/bin/ssh'],
    packages: [{ type: 'deb', name: 'openssh-client', version: '1:10' }],
  }),
  fails('IMG-050', { programs: ['/usr/bin/sudo'] }, '/usr/bin/sudo'),
  fails(
    'IMG-050',
    { programs: ['/sbin/su-exec'], specialModes: [{ path: '/sbin/su-exec', mode: 0o4755 }] },
    '/sbin/su-exec',
  ),
  passes('IMG-050', { specialModes: [{ path: '/usr/bin/gosu', mode: 0o2755 }] }),
  passes('IMG-050', { programs: ['/sbin/su-exec', '/usr/bin/sudoku'] }),
  { ...passes('IMG-050', { programs: ['/usr/bin/sudo'] }), lists: { 'allowed-privilege-helpers': ['/usr/bin/sudo'] } },
  fails(
    'IMG-040',
    { malware: { set: malwareSet, files: 1, ruled: 1, matches: [{ path: '/x', layer: 1, by: 'rule', name: 'Bad' }] } },
    '/x in layer 2: Bad (YARA rule of own 7)',
  ),
  passes('IMG-040', { malware: { set: malwareSet, files: 1, ruled: 0, matches: [] } }),
  fails('IMG-041', { miners: [{ ...miner, by: 'name', seen: 'xmrig' }] }, '/srv/a is called xmrig'),
  fails('IMG-041', { miners: [{ ...miner, by: 'protocol' }] }, '/srv/a speaks the protocol of pools (pool.example:1)'),
  fails(
    'IMG-041',
    { miners: [miner, { ...miner, path: '/usr/share/doc/b', isProgram: false }] },
    ...poolsOf('/srv/a', '/usr/share/doc/b'),
  ),
  fails('IMG-041', { miners: [{ ...miner, package: 'cgminer' }] }, ...poolsOf('/srv/a')),
  fails('IMG-041', { miners: [{ ...miner, isProgram: false }] }, ...poolsOf('/srv/a')),
  { ...passes('IMG-041', { miners: [{ ...miner, path: '/usr/share/doc/b', isProgram: false }] }), state: 'warn' },
  { ...passes('IMG-041', { miners: [{ ...miner, by: 'protocol', package: 'wireshark' }] }), state: 'warn' },
  passes('IMG-041', { miners: [] }),
  {
    ...passes('IMG-042', { packed: [{ path: '/srv/a', by: 'upx' }] }),
    state: 'warn',
    seen: ['/srv/a: packed by UPX'],
  },
  {
    ...passes('IMG-042', { packed: [{ path: '/srv/a', by: 'entropy', entropy: 7.9 }] }),
    state: 'warn',
    seen: ['/srv/a: its code has 7.90 bits a byte'],
  },
  passes('IMG-042', { packed: [{ path: '/usr/bin/a', by: 'upx', package: 'a' }] }),
  fails('IMG-039', { modifiedFiles: ['/usr/bin/ls'] }, '/usr/bin/ls'),
  passes('IMG-039', { modifiedFiles: [] }),
  fails('IMG-043', { trustedRoots: [ownRoot] }, 'CN=Proxy, abababababababab…'),
  passes('IMG-043', { trustedRoots: [{ ...ownRoot, isPackaged: true }] }),
  {
    ...passes('IMG-043', { trustedRoots: [ownRoot] }),
    lists: { 'approved-root-certificates': ['AB:'.repeat(31) + 'AB'] },
  },
  { id: 'IMG-043', when: 'no bundle', facts: { trustedRoots: [] }, state: 'not-applicable' },
  fails(
    'IMG-056',
    { layerBlobs: [{ mediaType: tar, urls: ['https://example.com/layer?key=secret'] }] },
    'layer 1: example.com',
  ),
  fails(
    'IMG-056',
    { layerBlobs: [{ mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', urls: [] }] },
    'layer 1: application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  ),
  passes('IMG-056', { layerBlobs: [{ mediaType: tar, urls: [] }] }),
  fails('IMG-057', { mismatches: ['layer 1: it does not match'] }, 'layer 1: it does not match'),
  passes('IMG-057', { mismatches: [] }),
];
