import { type ContainerMount, holdsPath } from '#inventory/index.ts';
import { failIfAny } from '../../judgement.ts';
import { containerCheck } from './container-check.ts';
import { mountWords, pathsOf } from './mount-words.ts';

/** A mount of `/` holds all of them. */
const systemFolders: readonly string[] = '/bin /boot /dev /etc /lib /lib32 /lib64 /libx32 /proc /sbin /sys /usr'.split(
  ' ',
);
const privateFolders: readonly string[] = ['/root', '/home', '/var/log'];

const remedy = {
  docker: 'Leave out the -v or --mount, or use a volume of the engine.',
  compose: 'Take the entry out of volumes, or use a volume of the engine.',
  kubernetes: 'Leave out the hostPath volume; use an emptyDir or a persistentVolumeClaim.',
} as const;

const about = { severity: 'critical', nist: ['4.5.5'], cis: ['5.6'], version: 1, remedy } as const;

export const mountChecks = [
  containerCheck({
    ...about,
    id: 'CTR-017',
    title: 'No system folder of the host is mounted writable',
    why: 'Whoever can write to the host’s programs, settings or devices rules the host.',
    needs: ['mounts'],
    judge: ({ mounts }) =>
      failIfAny(
        meeting(
          mounts.filter(({ writable }) => writable),
          systemFolders,
        ),
      ),
  }),
  containerCheck({
    ...about,
    id: 'CTR-018',
    title: 'No sensitive folder of the host is mounted, read-only ones included',
    why: 'The host’s settings, keys, logs and home folders tell secrets even where they cannot be changed.',
    severity: 'high',
    needs: ['mounts'],
    lists: ['allowed-host-paths'],
    judge({ mounts }, { lists }) {
      const allowed = lists['allowed-host-paths'];
      const readable = mounts.filter((mount) => !mount.writable && !isWithin(mount, allowed));
      const writable = mounts.filter((mount) => mount.writable && mount.place.kind === 'paths');
      return failIfAny([
        ...meeting(readable, [...systemFolders, ...privateFolders]),
        ...meeting(writable, privateFolders),
      ]);
    },
  }),
  containerCheck({
    ...about,
    id: 'CTR-019',
    title: 'The folders in which engines keep their state are not mounted',
    why: 'They hold the files and secrets of every container; who can write there is root on the host.',
    needs: ['mounts', 'engineFolders'],
    judge: ({ mounts, engineFolders }) => failIfAny(meeting(mounts, engineFolders)),
  }),
  containerCheck({
    ...about,
    id: 'CTR-020',
    title: 'No socket of an engine can be reached by a mount',
    why: 'Who can speak with the engine can start a privileged container. Read-only mounts do not prevent that.',
    nist: ['4.4.3', '4.5.5'],
    cis: ['5.32'],
    needs: ['mounts', 'engineSockets'],
    judge: ({ mounts, engineSockets }) => failIfAny(meeting(mounts, engineSockets)),
  }),
  containerCheck({
    ...about,
    id: 'CTR-021',
    title: 'No volume stands for a sensitive folder of the host',
    why: 'A volume of the local driver can be a bind mount by another name, which looks harmless in every list.',
    cis: ['5.6', '5.32'],
    remedy: { ...remedy, engine: 'Remove the volume, and create it without the options o=bind and device.' },
    needs: ['volumes', 'engineFolders', 'engineSockets'],
    judge: ({ volumes, engineFolders, engineSockets }) =>
      failIfAny(meeting(volumes, [...systemFolders, ...privateFolders, ...engineFolders, ...engineSockets])),
  }),
  containerCheck({
    ...about,
    id: 'CTR-022',
    title: 'No sensitive folder of the host comes in from another container',
    why: '--volumes-from brings every mount of the other container, those of the host included.',
    severity: 'high',
    remedy: {
      docker: 'Leave out --volumes-from, and mount single volumes.',
      compose: 'Leave out volumes_from, and mount single volumes.',
    },
    needs: ['inheritedMounts', 'engineFolders', 'engineSockets'],
    judge: ({ inheritedMounts, engineFolders, engineSockets }) =>
      failIfAny(meeting(inheritedMounts, [...systemFolders, ...privateFolders, ...engineFolders, ...engineSockets])),
  }),
  containerCheck({
    ...about,
    id: 'CTR-023',
    title: 'Only root can replace the folders that lead to what is mounted',
    why: 'Who can put a link in the place of a folder decides what the container gets when it starts again.',
    severity: 'high',
    remedy: { host: 'Give each folder of the path to root and take write access from others: chown root, chmod go-w.' },
    needs: ['loosePaths'],
    judge: ({ loosePaths }) => failIfAny(loosePaths),
  }),
  containerCheck({
    ...about,
    id: 'CTR-024',
    title: 'What it mounts does not appear on the host',
    why: 'With shared propagation a mount inside the container covers files of the host and of other containers.',
    severity: 'high',
    nist: ['4.4.3', '4.5.5'],
    cis: ['5.20'],
    remedy: {
      docker: 'Leave shared and rshared out of -v and bind-propagation.',
      compose: 'Leave shared and rshared out of volumes.',
      kubernetes: 'Do not set mountPropagation: Bidirectional.',
    },
    needs: ['propagations'],
    judge: ({ propagations }) =>
      failIfAny([
        ...new Set(propagations.filter(({ mode }) => mode === 'shared').map(({ target }) => `${target}: shared`)),
      ]),
  }),
];

/** Mounts that show one of the folders, or something in it; those of which cannot be seen what they show are among them. */
function meeting(mounts: readonly ContainerMount[], folders: readonly string[]): readonly string[] {
  return mounts.flatMap((mount) => {
    if (mount.place.kind === 'not-seen') return [mountWords(mount)];
    const met = pathsOf(mount).find((path) =>
      folders.some((folder) => holdsPath(path, folder) || holdsPath(folder, path)),
    );
    return met === undefined ? [] : [mountWords(mount, met)];
  });
}

/** Whether all that a mount shows is in one of the paths. */
function isWithin(mount: ContainerMount, allowed: readonly string[]): boolean {
  const paths = pathsOf(mount);
  return paths.length > 0 && paths.every((path) => allowed.some((folder) => holdsPath(folder, path)));
}
