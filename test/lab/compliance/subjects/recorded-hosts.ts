import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collectHost } from '#inventory/agent/index.ts';
import { known } from '#base/index.ts';
import type { Origin, Subject } from '../subject.ts';
import { recordedMachines } from './recordings.ts';

const kubelet = readFileSync(
  new URL(
    '../../../../src/inventory/agent/facts/host/fixtures/kubelet-config.kubeadm-1.31.written.yaml',
    import.meta.url,
  ),
  'utf8',
);

const formed: Origin = { kind: 'formed', of: 'kubeadm 1.31' };

/** A kubelet that is newer than the recorded one, which has no such setting yet. */
const files = {
  'proc/1/net/tcp': '',
  'proc/700/comm': 'kubelet\n',
  'proc/700/cgroup': '0::/system.slice/kubelet.service\n',
  'proc/700/cmdline': '/usr/bin/kubelet\0',
  'var/lib/kubelet/config.yaml': `${kubelet}seccompDefault: true\n`,
  'etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
};

/** Hosts of kinds that this machine is not: real ones that were recorded, and files that the real collectors read. */
export async function recordedHosts(folder: string): Promise<readonly Subject[]> {
  return [...recordedMachines(), await newerNode(folder), ...statedHosts()];
}

async function newerNode(folder: string): Promise<Subject> {
  const root = join(folder, 'newer-node');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const fields = { ...(await collectHost({ root })) };
  return { name: 'newer node', kind: 'host', origin: formed, documents: [{ kind: 'host', fields }] };
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
