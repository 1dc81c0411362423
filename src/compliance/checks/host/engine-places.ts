import { type HostFile, type HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { failIfAny, notApplicable } from '../../judgement.ts';
import { exceeds, reachableMode, showMode, showOwner } from './file-access.ts';
import { hostCheck } from './host-check.ts';

const registryFiles = {
  why: 'They decide which registries the engine trusts, and as whom it signs in there.',
  severity: 'medium',
  nist: ['4.5.5', '4.2.1'],
  version: 1,
} as const;

const noRegistryFiles = notApplicable('There are no certificates for registries here.');

/** What the files below `/etc/docker/certs.d` may be: a client's key is a secret, all else is public. */
const maskOf = ({ path }: HostFile): number => (path.endsWith('.key') ? 0o400 : 0o444);

/** Places of engines that one mask and one owner do not describe. */
export const enginePlaceChecks: readonly Check<HostShape>[] = [
  hostCheck({
    ...registryFiles,
    id: 'FIL-007',
    title: 'Certificates for registries belong to root',
    remedy: { host: 'chown -R root:root /etc/docker/certs.d' },
    cis: ['3.7'],
    needs: ['registryCertificates'],
    judge: ({ registryCertificates: found }) =>
      found.length === 0
        ? noRegistryFiles
        : failIfAny(found.filter(({ uid, gid }) => uid !== 0 || gid !== 0).map(showOwner)),
  }),
  hostCheck({
    ...registryFiles,
    id: 'FIL-008',
    title: 'Certificates for registries have mode 0444 or stricter, keys 0400',
    remedy: { host: 'chmod 0444 /etc/docker/certs.d/*/*.c*rt; chmod 0400 /etc/docker/certs.d/*/*.key' },
    cis: ['3.8'],
    needs: ['registryCertificates'],
    judge: ({ registryCertificates: found }) =>
      found.length === 0
        ? noRegistryFiles
        : failIfAny(found.filter((file) => exceeds(reachableMode(file), maskOf(file))).map(showMode)),
  }),
  hostCheck({
    id: 'FIL-015',
    title: 'The engine’s socket belongs to its user and to the group that may use it',
    why: 'Whoever can use the socket is root on the host.',
    remedy: {
      host: 'chown root:docker /run/docker.sock',
      engine: 'Set "group": "docker" in daemon.json and restart the engine',
    },
    severity: 'high',
    nist: ['4.5.4', '4.5.5'],
    cis: ['3.15'],
    version: 1,
    needs: ['engineSockets', 'engineUser', 'engineGroup'],
    judge: ({ engineSockets, engineUser, engineGroup }) =>
      engineSockets.length === 0
        ? notApplicable('There is no Unix socket of the engine here.')
        : failIfAny(
            engineSockets
              .filter(
                ({ uid, gid }) => uid !== engineUser || (gid !== 0 && engineUser === 0 && gid !== engineGroup.gid),
              )
              .map(showOwner),
          ),
  }),
  hostCheck({
    id: 'FIL-016',
    title: 'The engine’s socket is closed to others',
    why: 'Whoever can use the socket is root on the host.',
    remedy: { host: 'chmod 0660 /run/docker.sock; setfacl -b /run/docker.sock' },
    severity: 'critical',
    nist: ['4.5.4', '4.5.5'],
    cis: ['3.16'],
    version: 1,
    needs: ['engineSockets', 'socketsWithAccessLists'],
    judge: ({ engineSockets, socketsWithAccessLists }) =>
      engineSockets.length === 0
        ? notApplicable('There is no Unix socket of the engine here.')
        : failIfAny([
            ...engineSockets.filter(({ mode }) => exceeds(mode, 0o660)).map(showMode),
            ...socketsWithAccessLists.map((path) => `${path} has an access list`),
          ]),
  }),
  hostCheck({
    id: 'FIL-024',
    title: 'The socket of containerd is closed to others',
    why: 'Whoever can use it starts containers as root, past every control of the engine.',
    remedy: { host: 'chmod 0660 /run/containerd/containerd.sock' },
    severity: 'critical',
    nist: ['4.5.4', '4.4.5'],
    cis: ['3.24'],
    version: 1,
    needs: ['containerdSocket'],
    judge: ({ containerdSocket: found }) =>
      found.length === 0
        ? notApplicable('There is no socket of containerd here.')
        : failIfAny(found.filter(({ mode }) => exceeds(mode, 0o660)).map(showMode)),
  }),
  hostCheck({
    id: 'FIL-026',
    title: 'The engine’s data folder is private',
    why: 'It holds the files of every container, including setuid programs and secrets.',
    remedy: { host: 'chown root FOLDER; chmod 0710 FOLDER' },
    severity: 'medium',
    nist: ['4.5.5'],
    version: 1,
    needs: ['dataRoot', 'engineUser'],
    judge: ({ dataRoot, engineUser }) =>
      dataRoot.length === 0
        ? notApplicable('The engine has no data folder yet.')
        : failIfAny([
            ...dataRoot.filter(({ uid }) => uid !== engineUser).map(showOwner),
            ...dataRoot.filter((file) => exceeds(reachableMode(file), 0o711)).map(showMode),
          ]),
  }),
];
