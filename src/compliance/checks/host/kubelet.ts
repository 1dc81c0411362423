import type { HostShape, KubeletSettings } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, type Judgement, notApplicable, pass } from '../../judgement.ts';
import type { CheckSeverity } from '../../severity.ts';
import { exceeds, reachableMode, showMode, showOwner } from './file-access.ts';
import { hostCheck } from './host-check.ts';

interface SettingRow {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly setting: string;
  readonly severity: CheckSeverity;
  readonly nist: readonly string[];
  readonly cis: readonly string[];
  /** What is wrong with the settings; missing: nothing. */
  readonly wrong: (kubelet: KubeletSettings) => string | undefined;
}

const rows: readonly SettingRow[] = [
  {
    id: 'HST-047',
    cis: ['K8s:4.2.1'],
    title: 'The kubelet refuses anonymous calls',
    why: 'Anyone who reaches its port could run commands in every container of the node.',
    setting: 'authentication: {anonymous: {enabled: false}}',
    severity: 'critical',
    nist: ['4.3.2', '4.3.5'],
    wrong: ({ anonymous }) => (anonymous === 'allowed' ? 'anonymous calls are allowed' : undefined),
  },
  {
    id: 'HST-048',
    cis: ['K8s:4.2.2'],
    title: 'The kubelet asks the cluster what a caller may do',
    why: 'In the mode AlwaysAllow, every caller with a certificate or token may do everything.',
    setting: 'authorization: {mode: Webhook}',
    severity: 'critical',
    nist: ['4.3.1'],
    wrong: ({ authorization }) => (authorization === 'Webhook' ? undefined : `mode ${authorization}`),
  },
  {
    id: 'HST-050',
    cis: ['K8s:4.2.10'],
    title: 'The kubelet renews its client certificate',
    why: 'Without renewal, certificates are made to last for years, and a stolen one stays valid.',
    setting: 'rotateCertificates: true',
    severity: 'medium',
    nist: ['4.3.5'],
    wrong: ({ rotateCertificates }) => (rotateCertificates === 'on' ? undefined : 'rotateCertificates false'),
  },
  {
    id: 'HST-051',
    cis: ['K8s:4.2.14'],
    title: 'The kubelet gives pods the default seccomp filter',
    why: 'Otherwise a pod that names no filter can make every system call.',
    setting: 'seccompDefault: true',
    severity: 'medium',
    nist: ['4.4.3'],
    wrong: ({ seccompDefault }) => (seccompDefault === 'on' ? undefined : 'seccompDefault false'),
  },
];

const noKubelet = notApplicable('There is no kubelet here.');

/** How a node of a cluster is set. */
export const kubeletChecks: readonly Check<HostShape>[] = [
  ...rows.map(settingCheck),
  hostCheck({
    id: 'HST-049',
    title: 'The kubelet’s read-only port is closed',
    why: 'It shows all pods and their environment to anyone, without asking who they are.',
    remedy: { host: 'Set readOnlyPort: 0 in the kubelet’s configuration, then run systemctl restart kubelet' },
    severity: 'high',
    nist: ['4.3.2'],
    cis: ['K8s:4.2.4'],
    version: 1,
    needs: ['kubelet', 'listeners'],
    judge: ({ kubelet, listeners }) => {
      if (kubelet === null) return noKubelet;
      const open = listeners.some(({ port, owner }) => port === 10_255 && owner === 'host');
      return failIfAny([
        ...(kubelet.readOnlyPort === 0 ? [] : [`readOnlyPort ${kubelet.readOnlyPort}`]),
        ...(open ? ['port 10255 is open'] : []),
      ]);
    },
  }),
  hostCheck({
    id: 'HST-052',
    title: 'Only root can read and change the kubelet’s files',
    why: 'They hold the node’s identity in the cluster and decide whom the kubelet obeys.',
    remedy: { host: 'chown root:root FILE; chmod 0600 FILE' },
    severity: 'medium',
    nist: ['4.5.5'],
    cis: ['K8s:4.1.1', 'K8s:4.1.5', 'K8s:4.1.9'],
    version: 1,
    needs: ['kubeletFiles'],
    judge: ({ kubeletFiles }) =>
      kubeletFiles.length === 0
        ? noKubelet
        : failIfAny([
            ...kubeletFiles.filter((file) => exceeds(reachableMode(file), 0o600)).map(showMode),
            ...kubeletFiles.filter(({ uid, gid }) => uid !== 0 || gid !== 0).map(showOwner),
          ]),
  }),
  hostCheck({
    id: 'HST-053',
    title: 'The kubelet starts no unknown static pod',
    why: 'A manifest on the node starts a pod past the cluster’s admission.',
    remedy: { host: 'Move the manifest out of the kubelet’s staticPodPath' },
    severity: 'high',
    nist: ['4.4.5', '4.3.5'],
    version: 1,
    needs: ['kubelet', 'staticPods'],
    lists: ['static-pods'],
    judge: ({ kubelet, staticPods }, { lists }) =>
      kubelet === null
        ? noKubelet
        : failIfAny(staticPods.filter(({ digest }) => !lists['static-pods'].includes(digest)).map(({ path }) => path)),
  }),
];

function settingCheck({ setting, wrong, ...about }: SettingRow): Check<HostShape> {
  const judge = (kubelet: KubeletSettings | null): Judgement => {
    if (kubelet === null) return noKubelet;
    const seen = wrong(kubelet);
    return seen === undefined ? pass : fail(seen);
  };
  return hostCheck({
    ...about,
    remedy: { host: `Set ${setting} in the kubelet’s configuration, then run systemctl restart kubelet` },
    version: 1,
    needs: ['kubelet'],
    judge: ({ kubelet }) => judge(kubelet),
  });
}
