import { describe, expect, test } from 'vitest';
import { known, missing } from '#base/index.ts';
import type { HostShape } from '#inventory/index.ts';
import { evaluate } from '../../evaluate.ts';
import { fileRows, type Row, shut } from './file-rows.ts';
import { file, hostWith, soundHost } from './host-testing.ts';
import { hostChecks } from './index.ts';

const now = new Date('2026-11-30T00:00:00Z');

const without = (path: string): Partial<HostShape> => ({
  auditedPaths: soundHost.auditedPaths.filter((each) => each !== path),
});
const audit: readonly Row[] = [
  ...(
    [
      ['HST-003', '/usr/sbin/dockerd'],
      ['HST-004', '/run/containerd'],
      ['HST-005', '/var/lib/docker'],
      ['HST-006', '/etc/docker'],
      ['HST-007', '/usr/lib/systemd/system/docker.service'],
      ['HST-008', '/run/containerd/containerd.sock'],
      ['HST-009', '/usr/lib/systemd/system/docker.socket'],
      ['HST-010', '/etc/default/docker'],
      ['HST-011', '/etc/docker/daemon.json'],
      ['HST-012', '/etc/containerd/config.toml'],
      ['HST-013', '/etc/sysconfig/docker'],
      // The rules for the shims stay: their paths begin with its path.
      ['HST-014', '/usr/bin/containerd'],
      ['HST-015', '/usr/bin/containerd-shim'],
      ['HST-016', '/usr/bin/containerd-shim-runc-v1'],
      ['HST-017', '/usr/bin/containerd-shim-runc-v2'],
      ['HST-018', '/usr/sbin/runc.real'],
    ] as const
  ).map(([id, path]): Row => [id, without(path), 'fail', [path]]),
  ['HST-018', without('/usr/sbin/runc'), 'fail', ['/usr/sbin/runc']],
  ['HST-010', { engineDefaults: [], auditedPaths: [] }, 'not-applicable'],
  ['HST-019', { auditState: { enabled: 0, lost: 0 } }, 'fail', ['auditing is off']],
  ['HST-019', { auditState: { enabled: 2, lost: 7 } }, 'fail', ['7 events lost']],
  ['HST-019', { auditState: { enabled: 1, lost: 0 } }, 'warn', ['not locked']],
  ['HST-028', { loginRecords: {} }, 'not-applicable'],
  [
    'HST-028',
    { loginRecords: { newest: '2026-11-29T23:00:00Z', delivered: '2026-11-29T22:00:00Z' } },
    'fail',
    ['login of 2026-11-29T23:00:00Z was not delivered'],
  ],
  ['HST-028', { loginRecords: { newest: '2026-11-29T23:45:00Z' } }, 'pass'],
  ['HST-028', { loginRecords: { newest: '2026-11-29T23:44:59Z' } }, 'fail'],
  ['HST-028', {}, 'pass'],
  ['HST-068', { savedAuditRules: [] }, 'fail', ['key=docker path=/etc/docker perm=aw']],
  ['HST-068', { auditRules: [] }, 'not-applicable'],
];

const group = (...members: readonly string[]): Partial<HostShape> => ({
  engineGroup: { name: 'docker', gid: 998, members },
});
const accounts: readonly Row[] = [
  ['HST-002', group('alice', 'root'), 'fail', ['alice']],
  ['HST-002', group('dan'), 'fail', ['dan'], { 'engine-accounts': ['daniel', 'da'] }],
  ['HST-002', group('dan'), 'pass', undefined, { 'engine-accounts': ['dan'] }],
  [
    'HST-032',
    {
      subordinateUsers: [
        { owner: 'a', first: 900, count: 500 },
        { owner: 'b', first: 1399, count: 9 },
      ],
    },
    'fail',
    ['uids of b and a from 1399', 'uid 1000 in the range of a'],
  ],
  [
    'HST-032',
    {
      subordinateUsers: [],
      subordinateGroups: [
        { owner: 'a', first: 2000, count: 9000 },
        { owner: 'b', first: 2100, count: 10 },
        { owner: 'c', first: 9000, count: 10 },
      ],
    },
    'fail',
    ['gids of b and a from 2100', 'gids of c and a from 9000'],
  ],
  ['HST-032', { subordinateUsers: [], subordinateGroups: [] }, 'not-applicable'],
  ['HST-060', { sudoers: [file('/etc/sudoers', { mode: 0o640 })] }, 'fail', ['/etc/sudoers 0640']],
  ['HST-060', { sudoers: [file('/etc/sudoers', { mode: 0o444 })] }, 'fail', ['/etc/sudoers 0444']],
  ['HST-060', { sudoers: [file('/etc/sudoers.d/a', { uid: 4, mode: 0o440 })] }, 'fail', ['/etc/sudoers.d/a 4:0']],
  ['HST-060', { sudoers: [] }, 'not-applicable'],
  ['HST-061', { accounts: [...soundHost.accounts, { name: 'toor', uid: 0, gid: 0 }] }, 'fail', ['toor']],
  ['HST-062', { emptyPasswords: ['guest'] }, 'fail', ['guest']],
];

const kernel: readonly Row[] = [
  ['HST-033', { 'kernel.unprivileged_bpf_disabled': 0 }, 'fail', ['kernel.unprivileged_bpf_disabled 0']],
  ['HST-033', { 'kernel.unprivileged_bpf_disabled': 1 }, 'pass'],
  ['HST-033', { 'kernel.unprivileged_bpf_disabled': null }, 'not-applicable'],
  ['HST-034', { 'kernel.kptr_restrict': 0 }, 'fail', ['kernel.kptr_restrict 0']],
  ['HST-034', { 'kernel.dmesg_restrict': 0, 'kernel.kptr_restrict': null }, 'fail', ['kernel.dmesg_restrict 0']],
  ['HST-035', { 'kernel.randomize_va_space': 1 }, 'fail', ['kernel.randomize_va_space 1']],
  ['HST-036', { 'fs.protected_hardlinks': 0 }, 'fail', ['fs.protected_hardlinks 0']],
  ['HST-036', { 'fs.protected_symlinks': 0 }, 'fail', ['fs.protected_symlinks 0']],
  ['HST-037', { coreDumps: { pattern: '|/opt/x %p' } }, 'fail', ['|/opt/x %p: no such program']],
  ['HST-037', { coreDumps: { pattern: '|/opt/x %p', helper: file('/opt/x') } }, 'fail', ['/opt/x is not on the list']],
  [
    'HST-037',
    { coreDumps: { pattern: '|/opt/x', helper: file('/opt/x', { mode: 0o757, uid: 5, parents: [] }) } },
    'fail',
    ['/opt/x 0757', '/opt/x 5:0'],
    { 'core-dump-programs': ['/opt/x'] },
  ],
  [
    'HST-037',
    { coreDumps: { pattern: '|/opt/x', helper: file('/opt/x', { mode: 0o755 }) } },
    'pass',
    undefined,
    { 'core-dump-programs': ['/opt/x'] },
  ],
  ['HST-064', { 'kernel.yama.ptrace_scope': 0 }, 'fail', ['kernel.yama.ptrace_scope 0']],
  ['HST-064', { 'kernel.yama.ptrace_scope': null }, 'not-applicable'],
  ['HST-065', { kexec: 'allowed' }, 'fail', ['kernel.kexec_load_disabled 0']],
  ['HST-065', { kexec: 'locked-down' }, 'pass'],
  ['HST-065', { kexec: 'absent' }, 'not-applicable'],
  ['HST-066', { 'fs.suid_dumpable': 2 }, 'fail', ['fs.suid_dumpable 2']],
  [
    'HST-067',
    {
      modules: [
        { name: 'rds', state: 'loaded' },
        { name: 'tipc', state: 'loadable' },
      ],
    },
    'fail',
    ['rds is loaded', 'tipc is loadable'],
  ],
  [
    'HST-001',
    { dataRootDevice: { path: '/d', device: 5, parentDevice: 5 } },
    'fail',
    ['/d is part of its parent’s file system'],
  ],
  ['HST-031', { cgroupVersion: 1 }, 'fail', ['version 1']],
  ['HST-058', { mounts: [] }, 'fail', ['/tmp is no mount']],
  [
    'HST-058',
    { mounts: [...soundHost.mounts, { point: '/tmp', root: '/', type: 'tmpfs', options: ['rw', 'nosuid'] }] },
    'fail',
    ['no nodev'],
  ],
  [
    'HST-059',
    { mounts: [{ point: '/dev/shm', root: '/', type: 'tmpfs', options: ['nodev'] }] },
    'fail',
    ['no nosuid', 'no noexec'],
  ],
  ['HST-029', { mandatoryAccess: [] }, 'fail', ['neither apparmor nor selinux']],
  ['HST-029', { mandatoryAccess: ['selinux'] }, 'pass'],
  ['HST-030', { selinux: 'permissive' }, 'fail', ['permissive']],
  ['HST-030', { selinux: 'off' }, 'not-applicable'],
  ['HST-042', { secureBoot: 'off' }, 'fail', ['off']],
  ['HST-042', { secureBoot: 'no-uefi' }, 'not-applicable'],
  ['HST-043', { rootOfTrust: 'absent' }, 'fail', ['no TPM']],
  ['HST-043', { rootOfTrust: 'differs' }, 'fail', ['measurements differ']],
  [
    'HST-044',
    { kernelIntegrity: { lockdown: 'none', appraisal: 'off' } },
    'fail',
    ['lockdown none, IMA appraisal off'],
  ],
  ['HST-044', { kernelIntegrity: { lockdown: 'absent', appraisal: 'on' } }, 'pass'],
  [
    'HST-044',
    { kernelIntegrity: { lockdown: 'absent', appraisal: 'off' } },
    'fail',
    ['lockdown absent, IMA appraisal off'],
  ],
];

const listener = { protocol: 'tcp', address: '0.0.0.0', port: 631, program: '/usr/sbin/cupsd', owner: 'host' } as const;
const ssh = soundHost.ssh ?? { permitRootLogin: '', passwordAuthentication: '', keyboardInteractive: '', ciphers: [] };
const services: readonly Row[] = [
  ['HST-025', { system: { ids: ['debian'], packages: 401 } }, 'warn', ['401 packages']],
  ['HST-025', { system: { ids: ['debian'], packages: 400 } }, 'pass'],
  ['HST-025', { system: { ids: ['debian'], packages: null } }, 'warn', ['debian, packages unknown']],
  ['HST-025', { system: { ids: ['debian'], packages: 9 } }, 'error', undefined, { 'host-package-limit': ['many'] }],
  ['HST-026', { listeners: [listener] }, 'fail', ['/usr/sbin/cupsd 0.0.0.0:631']],
  ['HST-026', { listeners: [{ ...listener, address: '127.0.0.1' }] }, 'warn', ['/usr/sbin/cupsd 127.0.0.1:631']],
  ['HST-026', { listeners: [{ ...listener, address: '::1' }] }, 'warn', ['/usr/sbin/cupsd [::1]:631']],
  ['HST-026', { listeners: [{ ...listener, owner: 'container' }] }, 'pass'],
  ['HST-026', { listeners: [{ ...listener, program: '/usr/lib/systemd/systemd', port: 22 }] }, 'pass'],
  [
    'HST-026',
    { listeners: [{ ...listener, program: '/usr/lib/systemd/systemd' }] },
    'fail',
    ['/usr/lib/systemd/systemd 0.0.0.0:631'],
  ],
  [
    'HST-026',
    { listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 9, owner: 'host' }] },
    'fail',
    ['unknown program 0.0.0.0:9'],
  ],
  ['HST-039', { containerdTasks: [{ namespace: 'moby2', tasks: 'running' }] }, 'fail', ['moby2']],
  ['HST-039', { containerdTasks: [{ namespace: 'default', tasks: 'none' }] }, 'pass'],
  // As of an engine that maps users to alice’s range; and somebody else’s name of that form.
  ['HST-039', { containerdTasks: [{ namespace: 'moby-100000.100000', tasks: 'running' }] }, 'pass'],
  ['HST-039', { containerdTasks: [{ namespace: 'moby-7.7', tasks: 'running' }] }, 'fail', ['moby-7.7']],
  ['HST-055', { inputFilters: [{ protocol: 'ipv6', otherwise: 'accepted' }] }, 'fail', ['ipv6 is accepted']],
  ['HST-057', { updaters: [] }, 'fail', ['nothing installs updates']],
  [
    'HST-027',
    { ssh: { ...ssh, permitRootLogin: 'yes', passwordAuthentication: 'yes' } },
    'fail',
    ['permitrootlogin yes', 'passwordauthentication yes'],
  ],
  ['HST-027', { ssh: { ...ssh, keyboardInteractive: 'yes' } }, 'warn', ['kbdinteractiveauthentication yes']],
  ['HST-027', { ssh: null }, 'not-applicable'],
  [
    'HST-063',
    { ssh: { ...ssh, ciphers: ['aes128-cbc', 'rijndael-cbc@lysator.liu.se', 'arcfour256', 'aes128-ctr'] } },
    'fail',
    ['aes128-cbc', 'rijndael-cbc@lysator.liu.se', 'arcfour256'],
  ],
  ['HST-063', { ssh: { ...ssh, permitRootLogin: 'yes' } }, 'fail', ['permitrootlogin yes']],
  ['HST-063', { ssh: null }, 'not-applicable'],
  ['HST-040', { otherRuntimeSockets: [file('/p', { mode: 0o666 })] }, 'fail', ['/p 0666']],
  ['HST-040', { otherRuntimeSockets: [file('/p', { uid: 1000, mode: 0o600 })] }, 'fail', ['/p 1000:0']],
  ['HST-040', { otherRuntimeSockets: [] }, 'pass'],
  ['HST-054', { clock: { state: 'synchronised' } }, 'fail', ['no time service runs']],
  ['HST-054', { clock: { service: 'chronyd', state: 'not-synchronised' } }, 'fail', ['chronyd is not synchronised']],
  [
    'HST-056',
    { logs: { place: '/run/log', kept: 'in-memory' } },
    'fail',
    ['no log daemon runs', '/run/log is in memory'],
  ],
  ['HST-038', { programVerification: [{ path: '/r', state: 'changed' }] }, 'fail', ['/r is changed']],
  ['HST-038', { programVerification: [{ path: '/r', state: 'unowned' }] }, 'fail', ['/r belongs to no package']],
  ['HST-038', { programVerification: [] }, 'not-applicable'],
  ['HST-069', { integrityWatch: null }, 'fail', ['nothing watches']],
  [
    'HST-069',
    { integrityWatch: { tool: 'aide', baseline: '2026-10-30T00:00:00Z' } },
    'fail',
    ['baseline of aide of 2026-10-30'],
  ],
];

const kubelet = soundHost.kubelet ?? undefined;
const node: readonly Row[] =
  kubelet === undefined
    ? []
    : [
        ['HST-047', { kubelet: { ...kubelet, anonymous: 'allowed' } }, 'fail', ['anonymous calls are allowed']],
        ['HST-048', { kubelet: { ...kubelet, authorization: 'AlwaysAllow' } }, 'fail', ['mode AlwaysAllow']],
        ['HST-049', { kubelet: { ...kubelet, readOnlyPort: 10255 } }, 'fail', ['readOnlyPort 10255']],
        [
          'HST-049',
          { listeners: [...soundHost.listeners, { ...listener, port: 10255 }] },
          'fail',
          ['port 10255 is open'],
        ],
        ['HST-050', { kubelet: { ...kubelet, rotateCertificates: 'off' } }, 'fail', ['rotateCertificates false']],
        ['HST-051', { kubelet: { ...kubelet, seccompDefault: 'off' } }, 'fail', ['seccompDefault false']],
        ['HST-052', { kubeletFiles: [file('/k')] }, 'fail', ['/k 0644']],
        ['HST-052', { kubeletFiles: [file('/k', { parents: shut })] }, 'pass'],
        ['HST-052', { kubeletFiles: [file('/k', { mode: 0o600, gid: 4 })] }, 'fail', ['/k 0:4']],
        ['HST-052', { kubeletFiles: [] }, 'not-applicable'],
        ['HST-053', { staticPods: [{ path: '/m/a.yaml', digest: 'sha256:a' }] }, 'fail', ['/m/a.yaml']],
        ['HST-053', { staticPods: [{ path: '/m', digest: 's' }] }, 'pass', undefined, { 'static-pods': ['s'] }],
        ...['HST-047', 'HST-048', 'HST-049', 'HST-050', 'HST-051', 'HST-053'].map(
          (id): Row => [id, { kubelet: null }, 'not-applicable'],
        ),
      ];

const old = { name: 'job', stopped: '2026-10-30T00:00:00Z' };
const hoarding: readonly Row[] = [
  [
    'IMG-062',
    { unusedImages: [{ name: 'app:0', lastUsed: '2026-08-31T00:00:00Z' }] },
    'fail',
    ['app:0 2026-08-31T00:00:00Z'],
  ],
  ['IMG-062', { unusedImages: [] }, 'pass'],
  [
    'CTR-084',
    {
      sensitivities: [
        { container: 'a', level: 'low' },
        { container: 'b', level: 'high' },
      ],
    },
    'fail',
    ['high', 'low'],
  ],
  ['CTR-084', { sensitivities: [{ container: 'a', level: 'low' }, { container: 'b' }] }, 'warn', ['b has no level']],
  ['CTR-084', { sensitivities: [{ container: 'b' }] }, 'not-applicable'],
  ['CTR-088', { stoppedContainers: Array(10).fill(old) }, 'pass'],
  ['CTR-088', { stoppedContainers: Array(11).fill(old) }, 'fail', Array(11).fill('job 2026-10-30T00:00:00Z')],
];

const rows = [...fileRows, ...audit, ...accounts, ...kernel, ...services, ...node, ...hoarding];

describe('checks of hosts', () => {
  test.each(rows.map((row, at) => [`${row[0]}: ${row[2]} (${at})`, row] as const))('%s', (_, row) => {
    const [id, change, state, seen, lists = {}] = row;
    const check = hostChecks.filter((each) => each.id === id);
    const [result] = evaluate(check, hostWith(change), { now, lists });
    expect(result).toMatchObject({ id, state, ...(seen && { seen }) });
  });

  test('all pass on a sound host', () => {
    const results = evaluate(hostChecks, hostWith({}), { now, lists: {} });
    expect(results.filter(({ state }) => state !== 'pass')).toEqual([]);
  });

  test('each has its own id and a row in which it objects', () => {
    const ids = hostChecks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const objecting = new Set(rows.filter(([, , state]) => state === 'fail' || state === 'warn').map(([id]) => id));
    expect(ids.filter((id) => !objecting.has(id))).toEqual([]);
  });

  test('none passes on facts that are missing', () => {
    for (const check of hostChecks)
      for (const name of check.needs) {
        const facts = { ...hostWith({}), [name]: missing('nobody looked') };
        expect(evaluate([check], facts, { now, lists: {} })).toMatchObject([
          { state: 'not-assessed', reason: 'Nobody looked.' },
        ]);
      }
  });

  test('rules of audit that are missing count with auditing that is off', () => {
    const facts = { ...hostWith({ auditedPaths: [] }), auditState: known({ enabled: 0, lost: 0 }, 'auditctl -s') };
    const results = evaluate(hostChecks, facts, { now, lists: {} });
    expect(results.find(({ id }) => id === 'HST-003')?.foldedUnder).toBe('HST-019');
  });
});
