import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collectHost } from '#inventory/agent/index.ts';
import { known } from '#base/index.ts';
import type { Origin, Subject } from '../subject.ts';
import { recordedMachines } from './recordings.ts';

type Files = Readonly<Record<string, string | Buffer>>;

const kubelet = readFileSync(
  new URL(
    '../../../../src/inventory/agent/facts/host/fixtures/kubelet-config.kubeadm-1.31.written.yaml',
    import.meta.url,
  ),
  'utf8',
);

const of =
  'kubeadm 1.31 (kubelet); /proc and /sys in the form of Linux 6.12 with SELinux, Secure Boot, a clock that is set and a module that is kept out';
const formed: Origin = { kind: 'formed', of };

const secureBoot = 'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** What the recorded machine could not be: it has no network to set its clock by, and its kernel kept a module in use. */
const inOrder: Files = {
  'proc/701/comm': 'systemd-timesyn\n',
  'proc/701/cgroup': '0::/system.slice/systemd-timesyncd.service\n',
  'proc/701/cmdline': '/usr/lib/systemd/systemd-timesyncd\0',
  'run/systemd/timesync/synchronized': '',
  'proc/modules': '',
  'proc/sys/kernel/osrelease': '6.12.0-amd64\n',
  'lib/modules/6.12.0-amd64/modules.dep': 'kernel/net/sctp/sctp.ko.xz:\n',
  'etc/modprobe.d/rare.conf': 'install sctp /bin/false\n',
};

/** Both ways in which a node may be: 0 is in order, 1 is neglected. */
function filesOf(way: 0 | 1): Files {
  const tidy = way === 0;
  return {
    ...(tidy ? inOrder : {}),
    'proc/1/net/tcp': '',
    'proc/700/comm': 'kubelet\n',
    'proc/700/cgroup': '0::/system.slice/kubelet.service\n',
    'proc/700/cmdline': '/usr/bin/kubelet\0',
    'sys/fs/selinux/enforce': tidy ? '1' : '0',
    [secureBoot]: Buffer.from([6, 0, 0, 0, tidy ? 1 : 0]),
    'var/lib/kubelet/config.yaml': tidy ? `${kubelet}seccompDefault: true\nreadOnlyPort: 0\n` : spoiledKubelet(kubelet),
    'etc/kubernetes/kubelet.conf': '',
    ...(tidy ? {} : { 'etc/kubernetes/manifests/etcd.yaml': 'kind: Pod\n' }),
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
  };
}

function spoiledKubelet(text: string): string {
  const open = text.replace('    enabled: false', '    enabled: true').replace('mode: Webhook', 'mode: AlwaysAllow');
  return `${open.replace('rotateCertificates: true', 'rotateCertificates: false')}readOnlyPort: 10255\n`;
}

/** Hosts of kinds that this machine is not: a real one that was recorded, and files that the real collectors read. */
export async function recordedHosts(folder: string): Promise<readonly Subject[]> {
  return [
    ...recordedMachines(),
    await nodeOf(folder, { name: 'node', way: 0 }),
    await nodeOf(folder, { name: 'neglected node', way: 1 }),
    ...statedHosts(),
  ];
}

interface Node {
  readonly name: string;
  readonly way: 0 | 1;
}

async function nodeOf(folder: string, { name, way }: Node): Promise<Subject> {
  const root = join(folder, `node-${way}`);
  for (const [path, content] of Object.entries(filesOf(way))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  for (const path of ['var/lib/kubelet/config.yaml', 'etc/kubernetes/kubelet.conf'])
    chmodSync(join(root, path), way === 0 ? 0o600 : 0o644);
  const fields = { ...(await collectHost({ root })) };
  return { name, kind: 'host', origin: formed, documents: [{ kind: 'host', fields }] };
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
