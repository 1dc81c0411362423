import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { known } from '#base/index.ts';
import { collectHost } from './collect-host.ts';
import { createFileMemory, type FileMemory } from '../file-memory.ts';
import { usualEnginePlaces } from './engine-places.ts';
import type { ProgramResult, RunProgram } from './run-program.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'seawall-host-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content: string | Buffer = '', mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

const answers: Readonly<Record<string, ProgramResult>> = {
  'auditctl -l': { kind: 'done', output: fixture('auditctl-l.rhel-9.written.txt') },
  'auditctl -s': { kind: 'done', output: 'enabled 1\nlost 0\n' },
  'nft -j list ruleset': { kind: 'done', output: fixture('nft-ruleset.debian-13.json') },
};
const run: RunProgram = (program, args) => Promise.resolve(answers[[program, ...args].join(' ')] ?? { kind: 'absent' });

/** A node of a cluster that starts by UEFI, with systemd and SELinux. */
function putNode(): void {
  put('proc/1/mountinfo', fixture('mountinfo.debian-13-systemd.txt'));
  put('proc/1/comm', 'systemd\n');
  put('proc/1/cgroup', '0::/init.scope\n');
  put('proc/1/net/tcp', '');
  put('proc/700/comm', 'kubelet\n');
  put('proc/700/cgroup', '0::/system.slice/kubelet.service\n');
  put('proc/700/cmdline', '/usr/bin/kubelet\0--config=/var/lib/kubelet/config.yaml\0--read-only-port=10255\0');
  put('proc/701/comm', 'systemd-timesyn\n');
  put('proc/701/cgroup', '0::/system.slice/systemd-timesyncd.service\n');
  put('proc/702/comm', 'systemd-journal\n');
  put('proc/702/cgroup', '0::/system.slice/systemd-journald.service\n');
  put('proc/sys/kernel/osrelease', '6.12.0-amd64\n');
  put('proc/sys/kernel/core_pattern', '|/usr/lib/systemd/systemd-coredump %P\n');
  put('proc/sys/kernel/kexec_load_disabled', '0\n');
  put('proc/sys/kernel/yama/ptrace_scope', '1\n');
  put('proc/modules', 'sctp 100 0 - Live 0x0\n');
  put(
    'lib/modules/6.12.0-amd64/modules.dep',
    'kernel/net/sctp/sctp.ko.xz:\nkernel/net/rds/rds.ko.xz:\nkernel/drivers/usb/storage/usb-storage.ko.xz:\n',
  );
  put('etc/modprobe.d/rare.conf', 'install usb-storage /bin/false\n');
  put('usr/lib/systemd/systemd-coredump', '', 0o755);
  put('sys/kernel/security/lockdown', 'none [integrity] confidentiality\n');
  put('sys/fs/selinux/enforce', '1');
  put('sys/class/tpm/tpm0/tpm_version_major', '2\n');
  put('sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c', Buffer.from([6, 0, 0, 0, 1]));
  put('run/systemd/timesync/synchronized');
  put('var/log/journal/id/system.journal');
  put('var/lib/kubelet/config.yaml', fixture('kubelet-config.kubeadm-1.31.written.yaml'));
  put('etc/kubernetes/manifests/etcd.yaml', 'kind: Pod\n');
  put('etc/os-release', fixture('os-release.fedora-coreos-41.written.txt'));
  put('usr/lib/systemd/system/docker.service');
  put('etc/systemd/system/docker.service', '', 0o664);
  put('etc/systemd/system/docker.service.d/proxy.conf');
  put('usr/lib/systemd/system/docker.service.d/proxy.conf', '', 0o666);
  put('run/containerd/io.containerd.runtime.v2.task/moby/a/init.pid', '700');
  put('run/containerd/io.containerd.runtime.v2.task/hidden/b/init.pid', '701');
  put('run/containerd/io.containerd.runtime.v2.task/hidden/c/init.pid', '999');
}

describe('facts of a host', () => {
  test('of a node of a cluster with systemd, SELinux and UEFI', async () => {
    putNode();
    const facts = await collectHost({ root, run });
    const valueOf = (name: keyof typeof facts): unknown =>
      facts[name].kind === 'known' ? facts[name].value : facts[name].why;
    expect(valueOf('secureBoot')).toBe('on');
    expect(valueOf('selinux')).toBe('enforcing');
    expect(valueOf('kernelIntegrity')).toEqual({ lockdown: 'integrity', appraisal: 'off' });
    expect(valueOf('kexec')).toBe('locked-down');
    expect(valueOf('rootOfTrust')).toContain('nobody has compared');
    expect(valueOf('cgroupVersion')).toBe(2);
    expect(valueOf('kernel.yama.ptrace_scope')).toBe(1);
    expect(valueOf('kernel.kptr_restrict')).toBeNull();
    expect(valueOf('coreDumps')).toMatchObject({ helper: { path: '/usr/lib/systemd/systemd-coredump', mode: 0o755 } });
    expect(valueOf('clock')).toEqual({ service: 'systemd-timesyncd', state: 'synchronised' });
    expect(valueOf('logs')).toEqual({ daemon: 'systemd-journald', place: '/var/log/journal', kept: 'on-disk' });
    expect(valueOf('kubelet')).toMatchObject({ anonymous: 'refused', readOnlyPort: 10_255 });
    const digest = `sha256:${createHash('sha256').update('kind: Pod\n').digest('hex')}`;
    expect(valueOf('staticPods')).toEqual([{ path: '/etc/kubernetes/manifests/etcd.yaml', digest }]);
    expect(valueOf('modules')).toEqual([
      { name: 'dccp', state: 'absent' },
      { name: 'sctp', state: 'loaded' },
      { name: 'rds', state: 'loadable' },
      { name: 'tipc', state: 'absent' },
      { name: 'usb-storage', state: 'blocked' },
    ]);
    expect(valueOf('containerdTasks')).toEqual([
      { namespace: 'hidden', tasks: 'running' },
      { namespace: 'moby', tasks: 'running' },
    ]);
    expect(valueOf('auditState')).toEqual({ enabled: 1, lost: 0 });
    expect(valueOf('inputFilters')).toEqual([{ protocol: 'ipv4', otherwise: 'refused' }]);
  });

  test('units are those that systemd takes, with the drop-ins that it takes', async () => {
    putNode();
    const { engineService } = await collectHost({ root, run });
    expect(engineService).toMatchObject({
      value: [
        { path: '/etc/systemd/system/docker.service', mode: 0o664 },
        { path: '/etc/systemd/system/docker.service.d/proxy.conf', mode: 0o644 },
      ],
    });
    rmSync(join(root, 'etc/systemd/system/docker.service'));
    symlinkSync('/dev/null', join(root, 'etc/systemd/system/docker.service'));
    put('dev/null');
    rmSync(join(root, 'dev/null'));
    mkdirSync(join(root, 'dev/null'));
    expect((await collectHost({ root, run })).engineService).toMatchObject({ value: [] });
  });

  test('programs are compared with their package, and a wrapper with what was installed', async () => {
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    putNode();
    put('usr/sbin/dockerd', 'engine', 0o755);
    put('usr/bin/containerd', 'changed', 0o755);
    put('usr/sbin/runc', 'wrapper', 0o755);
    put('usr/sbin/runc.real', 'runc', 0o755);
    put('usr/bin/containerd-shim-runc-v2', 'mine', 0o755);
    put(
      'var/lib/dpkg/status',
      'Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: deinstall ok config-files\n',
    );
    put('var/lib/dpkg/diversions', '/usr/sbin/runc\n/usr/sbin/runc.real\n:\n');
    put('var/lib/dpkg/info/docker.io.md5sums', `${md5('engine')}  usr/sbin/dockerd\n`);
    put('var/lib/dpkg/info/more.md5sums', `${md5('containerd')}  usr/bin/containerd\n${md5('runc')}  sbin/runc\n`);
    const wrapper = createHash('sha256').update('wrapper').digest('hex');
    const engine = { ...usualEnginePlaces, wrapper };
    const expected = [
      { path: '/usr/sbin/dockerd', state: 'clean' },
      { path: '/usr/bin/containerd', state: 'changed' },
      { path: '/usr/bin/containerd-shim-runc-v2', state: 'unowned' },
      { path: '/usr/sbin/runc', state: 'own' },
      { path: '/usr/sbin/runc.real', state: 'clean' },
    ];
    const facts = await collectHost({ root, run, engine });
    expect(facts.programVerification).toMatchObject({ value: expected });
    expect(facts.system).toMatchObject({ value: { packages: 1 } });
    put('usr/sbin/runc', 'another', 0o755);
    const other = await collectHost({ root, run, engine });
    expect(other.programVerification).toMatchObject({
      value: expect.arrayContaining([{ path: '/usr/sbin/runc', state: 'changed' }]),
    });
  });

  test('listeners are told in no order of the kernel’s', async () => {
    putNode();
    const line = (port: string, inode: number): string =>
      `   0: 0100007F:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 ${inode} 1 0 100 0 0 10 0\n`;
    put('proc/1/net/tcp', line('0050', 3) + line('0016', 1) + line('0016', 2));
    const { listeners } = await collectHost({ root, run });
    const at = (port: number) => ({ protocol: 'tcp', address: '127.0.0.1', port, owner: 'host' });
    expect(listeners).toMatchObject({ value: [at(22), at(80)] });
  });

  test('programs that did not change are not read again, and those that did are', async () => {
    const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
    const kept = createFileMemory();
    let made = 0;
    const memory: FileMemory = {
      of: (name, make) =>
        kept.of(name, () => {
          made += 1;
          return make();
        }),
    };
    const states = async () => (await collectHost({ root, run, memory })).programVerification;
    putNode();
    put('usr/sbin/dockerd', 'engine', 0o755);
    put('var/lib/dpkg/info/docker.io.md5sums', `${md5('engine')}  usr/sbin/dockerd\n`);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    const clean = { value: [{ path: '/usr/sbin/dockerd', state: 'clean' }] };
    const changed = { value: [{ path: '/usr/sbin/dockerd', state: 'changed' }] };
    expect(await states()).toMatchObject(clean);
    await setTimeout(20);
    expect(await states()).toMatchObject(clean);
    expect(made).toBe(2);
    put('usr/sbin/dockerd', 'ENGINE', 0o755);
    expect(await states()).toMatchObject(changed);
    put('var/lib/dpkg/info/docker.io.md5sums', `${md5('ENGINE')}  usr/sbin/dockerd\n`);
    expect(await states()).toMatchObject(clean);
    rmSync(join(root, 'var/lib/dpkg/info/docker.io.md5sums'));
    expect(await states()).toMatchObject({ value: [{ path: '/usr/sbin/dockerd', state: 'unowned' }] });
    put('var/lib/dpkg/info/docker-ce.md5sums', `${md5('ENGINE')}  usr/sbin/dockerd\n`);
    expect(await states()).toMatchObject(clean);
    vi.useRealTimers();
  });

  test('no password leaves', async () => {
    put('etc/passwd', 'root:x:0:0::/:\n');
    put('etc/shadow', 'root:$y$j9T$secret$hash:1::::::\nguest::1::::::\n');
    const facts = await collectHost({ root, run });
    expect(facts.emptyPasswords).toEqual(known(['guest'], '/etc/shadow'));
    expect(JSON.stringify(facts)).not.toContain('secret');
  });

  test('of an empty folder are missing, not good', async () => {
    const facts = await collectHost({ root, run: () => Promise.resolve({ kind: 'absent' }) });
    for (const name of [
      'accounts',
      'emptyPasswords',
      'engineGroup',
      'mounts',
      'cgroupVersion',
      'listeners',
      'kexec',
      'clock',
      'logs',
      'kubelet',
      'modules',
      'secureBoot',
      'selinux',
      'rootOfTrust',
      'kernelIntegrity',
      'system',
      'containerdTasks',
      'inputFilters',
      'auditState',
      'fs.suid_dumpable',
      'engineSockets',
      'engineProgram',
      'otherRuntimeSockets',
      'sudoers',
    ] as const)
      expect([name, facts[name].kind]).toEqual([name, 'missing']);
  });
});
