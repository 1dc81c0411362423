import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accountsOf, emptyPasswordsOf, engineGroupOf, foreignSources, rangesOf } from './accounts.ts';
import { auditStateOf } from './audit.ts';
import { auditedPathsOf, auditRulesOf } from './audit-rules.ts';
import { appraisalOf, lockdownIn } from './boot.ts';
import { isChronySynchronised } from './clock.ts';
import { securityModulesOf, sensitivitiesOf, stoppedOf } from './engine.ts';
import { helperOf, isBlocked } from './kernel.ts';
import { flagsOf, kubeletOf } from './kubelet.ts';
import { eachOnce, socketsOf } from './listeners.ts';
import { mountsOf } from './mounts.ts';
import { diversionsOf, rpmStateOf, systemIdsOf } from './packages.ts';
import { refusesByDefault, refusingFamilies } from './packet-filter.ts';
import { isContainerCgroup } from './processes.ts';
import { appliesUpdates, isUnattended, mountOf, storageOf } from './records.ts';
import { sshSettingsOf } from './ssh.ts';

/** Text of a real system, named in the file's name. */
function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

describe('accounts', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/sh\n+@netgroup::::::\ndan:x:1001:998::/:\ndaniel::1002:1002::/:\nbad:x:y:z\n:x:5:5\nbad:x:5:z\n';
  test('are lines of passwd', () => {
    expect(accountsOf(passwd).map(({ name, uid }) => [name, uid])).toEqual([
      ['root', 0],
      ['dan', 1001],
      ['daniel', 1002],
    ]);
  });
  test('without a password are told by name alone', () => {
    const shadow = 'root:$y$j9T$abc:19000:::::\nguest::19000:::::\ndan:!:19000:::::\nlocked:*:1::::::\n';
    expect(emptyPasswordsOf(passwd, shadow)).toEqual(['daniel', 'guest']);
  });
  test('control the engine by name or by primary group', () => {
    expect(engineGroupOf('docker', 'docker:x:998:alice,bob\ndocker2:x:5:eve\n', passwd)).toEqual({
      name: 'docker',
      gid: 998,
      members: ['alice', 'bob', 'dan'],
    });
    expect(engineGroupOf('docker', 'docker2:x:5:eve\n', passwd)).toEqual({ name: 'docker', members: [] });
  });
  test('of a directory service are noticed', () => {
    expect(
      foreignSources('passwd: files systemd sss [NOTFOUND=return] ldap # nis\ngroup: files\nhosts: dns\n'),
    ).toEqual(['sss', 'ldap']);
  });
  test('have ranges of ids', () => {
    expect(rangesOf('alice:100000:65536\n\n1000:5:x\n')).toEqual([{ owner: 'alice', first: 100_000, count: 65_536 }]);
  });
});

describe('audit rules', () => {
  test('watch exact paths, unless they are narrowed or silenced', () => {
    expect(auditedPathsOf(fixture('auditctl-l.rhel-9.written.txt'))).toEqual([
      '/etc/docker',
      '/usr/bin/containerd-shim',
      '/usr/bin/dockerd',
      '/var/lib/docker',
    ]);
  });
  test('that switch auditing of tasks off watch nothing', () => {
    expect(auditedPathsOf('-w /etc/docker -p wa\n-a never,task\n')).toEqual([]);
    expect(auditedPathsOf('-a task,never\n-w /etc/docker -p wa\n')).toEqual([]);
  });
  test('are the same however they are written', () => {
    const watch = auditRulesOf('-w /etc/docker/ -p wa -k docker');
    expect(watch).toEqual(['key=docker path=/etc/docker perm=aw']);
    expect(auditRulesOf('-a exit,always -F dir=/etc/docker -F perm=aw -F key=docker')).toEqual(watch);
    expect(auditRulesOf('## a comment\n-D\n-b 8192\n-f 1\n-a always,exit -F auid!=unset -S open,close')).toEqual([
      'auid!=-1 call=close call=open',
    ]);
    expect(auditRulesOf('-a never,exit -F path=/x')).toEqual(['never,exit path=/x']);
  });
  test('have a state', () => {
    expect(auditStateOf('enabled 2\nfailure 1\npid 512\nrate_limit 0\nbacklog_limit 8192\nlost 3\n')).toMatchObject({
      value: { enabled: 2, lost: 3 },
    });
    expect(auditStateOf('')).toMatchObject({ kind: 'missing' });
  });
});

describe('the kernel', () => {
  test.each([
    ['|/usr/lib/systemd/systemd-coredump %P %u', '/usr/lib/systemd/systemd-coredump'],
    ['core.%p', undefined],
    ['/var/crash/core', undefined],
  ])('hands core dumps by %s', (pattern, helper) => expect(helperOf(pattern)).toBe(helper));
  test.each([
    ['install usb-storage /bin/false', true],
    ['install usb_storage /usr/bin/true', true],
    ['blacklist usb-storage', false],
    ['# install usb-storage /bin/false', false],
    ['install usb-storage-x /bin/false', false],
  ])('reads modprobe’s line %s', (line, blocked) => expect(isBlocked('usb-storage', line)).toBe(blocked));
  test.each([
    ['none [integrity] confidentiality\n', 'integrity'],
    ['[none] integrity confidentiality\n', 'none'],
    ['', 'none'],
  ])('is locked down by %j', (text, lockdown) => expect(lockdownIn(text)).toBe(lockdown));
  test.each([
    ['quiet ima_policy=tcb|appraise_tcb ima_appraise=enforce', true],
    ['ima_policy=appraise_tcb', true],
    ['ima_policy=appraise_tcb ima_appraise=fix', false],
    ['ima_policy=tcb', false],
  ])('appraises files by %s', (line, on) => expect(appraisalOf(line)).toBe(on));
});

test('mounts of a host with systemd', () => {
  const mounts = mountsOf(fixture('mountinfo.debian-13-systemd.txt'));
  expect(mounts).toHaveLength(13);
  expect(mounts.find(({ point }) => point === '/tmp')?.options).toEqual(['rw', 'nosuid', 'nodev']);
  expect(mounts.at(-1)).toMatchObject({ point: '/mnt/with space', root: '/srv/with space' });
  expect(mountOf('/var/lib/docker/volumes', mounts)?.point).toBe('/var/lib/docker');
  expect(mountOf('/var/lib/docker2', mounts)?.point).toBe('/');
  const twice = [...mounts, { point: '/tmp', root: '/x', type: 'ext4', options: [] }];
  expect(mountOf('/tmp/a', twice)?.type).toBe('ext4');
});

test('sockets that listen', () => {
  const text = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   107        0 9123 1 0 100 0 0 10 0',
    '   1: 0100007F:1538 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000   107        0 9124 1 0 100 0 0 10 0',
  ].join('\n');
  expect(socketsOf(text, 'tcp')).toEqual([{ protocol: 'tcp', address: '127.0.0.1', port: 5432, inode: 9123 }]);
  const line = (address: string): string => `0: ${address}:0016 ${'0'.repeat(32)}:0000 0A 0:0 00:0 0 0 0 77 1 0 100`;
  const address = (hex: string): string | undefined => socketsOf(line(hex), 'tcp6')[0]?.address;
  expect(address('00000000000000000000000000000000')).toBe('::');
  expect(address('00000000000000000000000001000000')).toBe('::1');
  expect(address('0000000000000000FFFF00000100007F')).toBe('::ffff:127.0.0.1');
  expect(address('B80D0120000000000000000001000000')).toBe('2001:db8::1');
});

const id = 'a'.repeat(64);
test.each([
  [`0::/system.slice/docker-${id}.scope\n`, true],
  [`5:memory:/docker/${id}\n0::/\n`, true],
  [`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`, true],
  [`0::/machine.slice/libpod-${id}.scope/container`, true],
  ['0::/system.slice/docker.service\n', false],
  ['0::/system.slice/docker.socket\n', false],
  ['0::/user.slice/user-1000.slice/session-3.scope\n', false],
])('the cgroup %s is a container’s: %s', (text, container) => expect(isContainerCgroup(text)).toBe(container));

test('settings of sshd', () => {
  expect(sshSettingsOf(fixture('sshd-t.debian-13.txt'))).toMatchObject({
    value: { permitRootLogin: 'without-password', passwordAuthentication: 'yes', keyboardInteractive: 'no' },
  });
  expect(sshSettingsOf('port 22\n')).toMatchObject({ kind: 'missing' });
});

describe('packet filters', () => {
  const ruleset = fixture('nft-ruleset.debian-13.json');
  test('of nft refuse by policy or by a last rule, at the input hook alone', () => {
    expect(refusingFamilies(ruleset)).toEqual(['ip', 'ip6']);
    expect(
      refusingFamilies(
        ruleset.replace(
          '"family": "inet", "table": "filter", "name": "input"',
          '"family": "ip6", "table": "f", "name": "input"',
        ),
      ),
    ).toEqual([]);
    expect(refusingFamilies(ruleset.replaceAll('"hook": "input"', '"hook": "output"'))).toEqual([]);
    expect(refusingFamilies(ruleset.replaceAll('{"drop": null}', '{"accept": null}'))).toEqual([]);
    expect(refusingFamilies(ruleset.replace('"policy": "accept"', '"policy": "drop"'))).toEqual(['ip', 'ip6']);
    expect(refusingFamilies(ruleset.replace('{"counter": {"packets": 0, "bytes": 0}}', '{"match": {}}'))).toEqual([]);
  });
  test.each([
    ['-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n', true],
    ['-P INPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-port-unreachable\n', true],
    ['-P INPUT ACCEPT\n-A INPUT -i eth0 -j DROP\n', false],
    ['-P INPUT ACCEPT\n-A INPUT -j DROP\n-A INPUT -j ACCEPT\n', false],
    ['-P INPUT ACCEPT\n', false],
  ])('of iptables: %j refuses %s', (text, refused) => expect(refusesByDefault(text)).toBe(refused));
});

describe('records', () => {
  test('chrony tells its leap status last', () => {
    const tracking = '7F7F0101,,8,1796001156.253037693,0.0,0.0,0.0,0.000,0.000,0.000,0.0,0.0,0.0,Normal\n';
    expect(isChronySynchronised(tracking)).toBe(true);
    expect(isChronySynchronised(tracking.replace('Normal', 'Not synchronised'))).toBe(false);
    expect(isChronySynchronised('506 Cannot talk to daemon')).toBe(false);
  });
  test('journald keeps logs where its last line says', () => {
    expect(storageOf('[Journal]\n#Storage=volatile\n')).toBe('auto');
    expect(storageOf('Storage=volatile\nStorage = persistent\n')).toBe('persistent');
  });
  test('updates install by themselves', () => {
    expect(isUnattended('APT::Periodic::Unattended-Upgrade "1";')).toBe(true);
    expect(isUnattended('APT::Periodic::Unattended-Upgrade "1";\nAPT::Periodic::Unattended-Upgrade "0";')).toBe(false);
    expect(isUnattended('// APT::Periodic::Unattended-Upgrade "1";')).toBe(false);
    expect(appliesUpdates('[commands]\napply_updates = yes\n')).toBe(true);
    expect(appliesUpdates('[commands]\n# apply_updates = yes\napply_updates = no\n')).toBe(false);
  });
});

describe('packages', () => {
  test('the system and its variant', () => {
    expect(systemIdsOf(fixture('os-release.fedora-coreos-41.written.txt'))).toEqual(['fedora', 'fedora-coreos']);
    expect(systemIdsOf('ID="rhel"\nID_LIKE="fedora"\n')).toEqual(['rhel']);
  });
  test('diversions stand on three lines each', () => {
    expect(diversionsOf('/usr/sbin/runc\n/usr/sbin/runc.real\n:\n/a\n/b\npkg\n')).toEqual([
      { from: '/usr/sbin/runc', to: '/usr/sbin/runc.real' },
      { from: '/a', to: '/b' },
    ]);
  });
  test.each([
    ['S.5....T.    /usr/bin/runc\n', 'changed'],
    ['..5......    /usr/bin/runc\n', 'changed'],
    ['.......T.    /usr/bin/runc\n', 'clean'],
    ['S.5....T.  c /etc/docker/daemon.json\n', 'clean'],
    ['missing     /usr/bin/runc\n', 'changed'],
    ['file /usr/bin/runc is not owned by any package\n', 'unowned'],
    ['', 'clean'],
  ])('rpm -V says %j: %s', (text, state) => expect(rpmStateOf('/usr/bin/runc', text)).toBe(state));
});

describe('the kubelet', () => {
  const config = fixture('kubelet-config.kubeadm-1.31.written.yaml');
  test('has what its file says, and defaults of a file', () => {
    expect(kubeletOf(config, new Map())).toEqual({
      settings: {
        anonymous: 'refused',
        authorization: 'Webhook',
        readOnlyPort: 0,
        rotateCertificates: 'on',
        seccompDefault: 'off',
      },
      staticPodPath: '/etc/kubernetes/manifests',
    });
  });
  test('obeys flags more than its file', () => {
    const flags = flagsOf([
      '/usr/bin/kubelet',
      '--anonymous-auth',
      '--read-only-port=10255',
      '--config',
      '/x',
      '--seccomp-default=true',
    ]);
    expect(kubeletOf(config, flags).settings).toMatchObject({
      anonymous: 'allowed',
      readOnlyPort: 10_255,
      seccompDefault: 'on',
    });
  });
  test('is open without a file', () => {
    expect(kubeletOf(undefined, new Map()).settings).toMatchObject({
      anonymous: 'allowed',
      authorization: 'AlwaysAllow',
      readOnlyPort: 10_255,
    });
  });
  test('with a file of another kind is not guessed', () => expect(() => kubeletOf('kind: Pod\n', new Map())).toThrow());
});

describe('the engine', () => {
  test('names its modules of mandatory access control', () => {
    expect(securityModulesOf({ SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin'] })).toEqual([
      'apparmor',
      'seccomp',
    ]);
    expect(securityModulesOf({ SecurityOptions: null })).toEqual([]);
  });
  test('has containers, stopped and running', () => {
    const container = (Status: string, labels: Record<string, string> | null) => ({
      Name: `/${Status}`,
      Image: 'sha256:1',
      State: { Status, FinishedAt: '2026-11-01T00:00:00Z' },
      Config: { Labels: labels },
    });
    const all = [
      container('exited', null),
      container('created', null),
      container('running', { 'seawall.sensitivity': 'high' }),
    ];
    expect(stoppedOf(all)).toEqual([{ name: 'exited', stopped: '2026-11-01T00:00:00Z' }]);
    expect(sensitivitiesOf(all)).toEqual([{ container: 'running', level: 'high' }]);
  });
});

test('listeners are told in an order of their own, and workers of one program at one address once', () => {
  const nginx = { protocol: 'tcp', address: '0.0.0.0', port: 443, program: '/usr/sbin/nginx', owner: 'host' } as const;
  const unknown = { protocol: 'tcp', address: '0.0.0.0', port: 2024, owner: 'host' } as const;
  const other = { ...nginx, program: '/usr/bin/other' };
  const inside = { ...nginx, owner: 'container' } as const;
  const ipv6 = { ...nginx, protocol: 'tcp6', address: '::' } as const;
  const expected = [other, inside, nginx, ipv6, unknown];
  expect(eachOnce([unknown, nginx, ipv6, inside, nginx, other])).toEqual(expected);
  expect(eachOnce([other, nginx, inside, ipv6, unknown])).toEqual(expected);
});
