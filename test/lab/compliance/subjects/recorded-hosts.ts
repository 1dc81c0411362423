import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collectHost } from '#inventory/agent/index.ts';
import { known } from '#base/index.ts';
import type { Origin, Subject } from '../subject.ts';

type Run = NonNullable<Parameters<typeof collectHost>[0]['run']>;
type Files = Readonly<Record<string, string | Buffer>>;

const fixtures = new URL('../../../../src/inventory/agent/facts/host/fixtures/', import.meta.url);
const recordedText = (name: string): string => readFileSync(new URL(name, fixtures), 'utf8');

const of =
  'Debian 13 with systemd (mounts, sshd -T, nft), kubeadm 1.31 (kubelet), RHEL 9 (form of auditctl), Fedora CoreOS 41 ' +
  '(os-release); /proc and /sys in the form of Linux 6.12';
const recorded: Origin = { kind: 'formed', of };

/** What engines and shims are called, which rules of audit watch. */
const watched = [
  '/usr/bin/dockerd /run/containerd /etc/docker /etc/default/docker /etc/docker/daemon.json /etc/containerd/config.toml',
  '/run/containerd/containerd.sock /etc/sysconfig/docker /usr/bin/containerd /usr/bin/containerd-shim /usr/bin/runc',
  '/usr/bin/containerd-shim-runc-v1 /usr/bin/containerd-shim-runc-v2 /usr/lib/systemd/system/docker.service',
  '/usr/lib/systemd/system/docker.socket /var/lib/docker',
]
  .join(' ')
  .split(' ');
const rules = watched.map((path) => `-w ${path} -p wa -k docker`).join('\n');
const shims = '/usr/bin/containerd-shim /usr/bin/containerd-shim-runc-v1 /usr/bin/containerd-shim-runc-v2'.split(' ');

const parameters = {
  'kernel/unprivileged_bpf_disabled': ['2', '0'],
  'kernel/kptr_restrict': ['1', '0'],
  'kernel/dmesg_restrict': ['1', '0'],
  'kernel/randomize_va_space': ['2', '1'],
  'kernel/yama/ptrace_scope': ['1', '0'],
  'fs/protected_symlinks': ['1', '0'],
  'fs/protected_hardlinks': ['1', '0'],
  'fs/suid_dumpable': ['0', '2'],
  'kernel/core_pattern': ['|/usr/lib/systemd/systemd-coredump %P', '|/opt/dump %P'],
  'kernel/kexec_load_disabled': ['1', '0'],
  'kernel/osrelease': ['6.12.0-amd64', '6.12.0-amd64'],
} as const;

const secureBoot = 'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
const listening = (port: string): string =>
  `   0: 00000000:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 7 1 0 100 0 0 10 0\n`;

/** Both ways in which a node may be: 0 is in order, 1 is neglected. */
function filesOf(way: 0 | 1): Files {
  const tidy = way === 0;
  const kubelet = recordedText('kubelet-config.kubeadm-1.31.written.yaml');
  const mounts = recordedText('mountinfo.debian-13-systemd.txt');
  const process = (pid: number, name: string, service: string): Files => ({
    [`proc/${pid}/comm`]: `${name}\n`,
    [`proc/${pid}/cgroup`]: `0::/system.slice/${service}.service\n`,
    [`proc/${pid}/cmdline`]: `/usr/bin/${name}\0`,
  });
  return {
    ...Object.fromEntries(Object.entries(parameters).map(([name, values]) => [`proc/sys/${name}`, `${values[way]}\n`])),
    ...process(1, 'systemd', 'init'),
    ...process(700, 'kubelet', 'kubelet'),
    ...(tidy ? process(701, 'systemd-timesyn', 'systemd-timesyncd') : {}),
    ...(tidy ? process(702, 'systemd-journal', 'systemd-journald') : {}),
    ...(tidy ? { 'run/systemd/timesync/synchronized': '', 'var/log/journal/id/system.journal': '' } : {}),
    'proc/1/mountinfo': tidy
      ? mounts.replace('/dev/shm rw,nosuid,nodev', '/dev/shm rw,nosuid,nodev,noexec')
      : mounts.replaceAll(/ \/tmp .*/g, ' /nowhere rw - tmpfs tmpfs rw'),
    'proc/1/net/tcp': tidy ? '' : listening('0277'),
    'proc/modules': tidy ? '' : 'sctp 100 0 - Live 0x0\n',
    'lib/modules/6.12.0-amd64/modules.dep': 'kernel/net/sctp/sctp.ko.xz:\n',
    'etc/modprobe.d/rare.conf': tidy ? 'install sctp /bin/false\n' : '',
    'usr/lib/systemd/systemd-coredump': '',
    'sys/kernel/security/lockdown': tidy ? 'none [integrity] confidentiality\n' : '[none] integrity confidentiality\n',
    'sys/fs/selinux/enforce': tidy ? '1' : '0',
    'sys/class/net/lo': '',
    'sys/fs/cgroup/cgroup.controllers': '',
    [secureBoot]: Buffer.from([6, 0, 0, 0, tidy ? 1 : 0]),
    'var/lib/kubelet/config.yaml': tidy ? `${kubelet}seccompDefault: true\nreadOnlyPort: 0\n` : spoiledKubelet(kubelet),
    'etc/kubernetes/kubelet.conf': '',
    ...(tidy ? {} : { 'etc/kubernetes/manifests/etcd.yaml': 'kind: Pod\n' }),
    'etc/os-release': tidy ? recordedText('os-release.fedora-coreos-41.written.txt') : 'ID=debian\n',
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
    'usr/sbin/sshd': '',
    'etc/audit/rules.d/docker.rules': tidy ? rules : '',
    'etc/docker/daemon.json': '{}',
    'etc/default/docker': '',
    'etc/sysconfig/docker': '',
    'etc/containerd/config.toml': '',
    'run/containerd/containerd.sock': '',
    'var/lib/docker/engine-id': '',
    ...Object.fromEntries(['dockerd', 'containerd', 'runc'].map((name) => [`usr/bin/${name}`, ''])),
    ...Object.fromEntries(shims.map((path) => [path.slice(1), ''])),
    ...Object.fromEntries(['service', 'socket'].map((kind) => [`usr/lib/systemd/system/docker.${kind}`, ''])),
  };
}

function spoiledKubelet(text: string): string {
  const open = text.replace('    enabled: false', '    enabled: true').replace('mode: Webhook', 'mode: AlwaysAllow');
  return `${open.replace('rotateCertificates: true', 'rotateCertificates: false')}readOnlyPort: 10255\n`;
}

function answersOf(way: 0 | 1): Run {
  const ssh = recordedText('sshd-t.debian-13.txt');
  const tidy = ssh.replace('passwordauthentication yes', 'passwordauthentication no');
  const worse = `${ssh.replace('permitrootlogin without-password', 'permitrootlogin yes').replace('ciphers ', 'ciphers aes128-cbc,')}`;
  const said: Readonly<Record<string, string>> = {
    'auditctl -l': way === 0 ? rules : 'No rules\n',
    'auditctl -s': way === 0 ? 'enabled 2\nlost 0\n' : 'enabled 0\nlost 3\n',
    'nft -j list ruleset': recordedText('nft-ruleset.debian-13.json'),
    '/usr/sbin/sshd -T': way === 0 ? tidy : worse,
  };
  return async (program, words) => {
    const output = said[[program, ...words].join(' ')];
    return output === undefined ? { kind: 'absent' } : { kind: 'done', output };
  };
}

/** Hosts of kinds that this machine is not: their files and what their programs print, read by the real collectors. */
export async function recordedHosts(folder: string): Promise<readonly Subject[]> {
  const unsaved: Run = async (program, words) =>
    words.includes('-l')
      ? { kind: 'done', output: recordedText('auditctl-l.rhel-9.written.txt') }
      : await answersOf(1)(program, words);
  return [
    await nodeOf(folder, { name: 'node', way: 0, run: answersOf(0) }),
    await nodeOf(folder, { name: 'neglected node', way: 1, run: answersOf(1) }),
    await nodeOf(folder, { name: 'node without saved rules', way: 1, run: unsaved }),
    ...statedHosts(),
  ];
}

interface Node {
  readonly name: string;
  readonly way: 0 | 1;
  readonly run: Run;
}

async function nodeOf(folder: string, { name, way, run }: Node): Promise<Subject> {
  const root = join(folder, `node-${way}`);
  for (const [path, content] of Object.entries(filesOf(way))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  for (const path of ['var/lib/kubelet/config.yaml', 'etc/kubernetes/kubelet.conf'])
    chmodSync(join(root, path), way === 0 ? 0o600 : 0o644);
  const fields = await collectHost({ root, run });
  const modules = known(way === 0 ? ['apparmor'] : [], '/info SecurityOptions');
  return {
    name,
    kind: 'host',
    origin: recorded,
    documents: [{ kind: 'host', fields: { ...fields, mandatoryAccess: modules } }],
  };
}

/** Facts that no collector tells yet. */
function statedHosts(): readonly Subject[] {
  const stated = (name: string, because: string, values: Readonly<Record<string, unknown>>): Subject => ({
    name,
    kind: 'host',
    origin: { kind: 'stated', because },
    documents: [
      {
        kind: 'host',
        fields: Object.fromEntries(Object.entries(values).map(([field, value]) => [field, known(value, field)])),
      },
    ],
  });
  const because = 'no collector tells logins or quotes of a TPM';
  return [
    stated('watched host', because, {
      loginRecords: { newest: '2026-11-01T10:00:00Z', delivered: '2026-11-01T10:00:00Z' },
      rootOfTrust: 'matches',
    }),
    stated('unwatched host', because, {
      loginRecords: { newest: '2026-11-01T10:00:00Z' },
    }),
  ];
}
