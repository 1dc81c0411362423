import { type ContainerMount, holdsPath } from '#inventory/index.ts';
import { failIfAny } from '../../judgement.ts';
import { meetingWith, mountsMeeting } from '../../settings/index.ts';
import { containerCheck } from './container-check.ts';
import { mountWords, pathsOf } from './mount-words.ts';

/** A mount of `/` holds all of them. */
const systemFolders: readonly string[] = '/bin /boot /dev /etc /lib /lib32 /lib64 /libx32 /proc /sbin /sys /usr'.split(
  ' ',
);
const privateFolders: readonly string[] = ['/root', '/home', '/var/log'];

const remedy = {
  docker: 'Leave out the -v or --mount, or use a volume of the engine',
  compose: 'Take the entry out of volumes, or use a volume of the engine',
  kubernetes: 'Leave out the hostPath volume; use an emptyDir or a persistentVolumeClaim',
} as const;

const about = { severity: 'critical', nist: ['4.5.5'], cis: ['5.6'], version: 1, remedy } as const;

export const mountChecks = [
  containerCheck({
    ...about,
    id: 'CTR-017',
    title: 'No system folder of the host is mounted writable',
    why: 'Whoever can write to the host’s programs, settings or devices controls the host.',
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
    why: 'Whoever can only read the host’s settings, keys, logs and home folders still finds secrets there.',
    severity: 'high',
    needs: ['mounts'],
    lists: ['allowed-host-paths', 'denied-host-paths'],
    judge({ mounts }, { lists }) {
      const allowed = lists['allowed-host-paths'];
      const denied = lists['denied-host-paths'];
      const isDenied = meetingWith(denied);
      const readable = mounts.filter(
        (mount) => !mount.writable && (!isWithin(mount, allowed) || pathsOf(mount).some((path) => isDenied(path))),
      );
      const writable = mounts.filter((mount) => mount.writable && mount.place.kind === 'paths');
      return failIfAny([
        ...meeting(readable, [...systemFolders, ...privateFolders, ...denied]),
        ...meeting(writable, [...privateFolders, ...denied]),
      ]);
    },
  }),
  containerCheck({
    ...about,
    id: 'CTR-019',
    title: 'No folder with the state of an engine is mounted',
    why: 'These folders hold the files and secrets of every container; whoever can write there is root on the host.',
    needs: ['mounts', 'engineFolders'],
    judge: ({ mounts, engineFolders }) => failIfAny(meeting(mounts, engineFolders)),
  }),
  containerCheck({
    ...about,
    id: 'CTR-020',
    title: 'No mount gives access to an engine’s socket',
    why: 'Whoever can use the socket can start a privileged container. A read-only mount does not prevent that.',
    nist: ['4.4.3', '4.5.5'],
    cis: ['5.32'],
    needs: ['mounts', 'engineSockets'],
    judge: ({ mounts, engineSockets }) => failIfAny(meeting(mounts, engineSockets)),
  }),
  containerCheck({
    ...about,
    id: 'CTR-021',
    title: 'No volume leads to a sensitive folder of the host',
    why: 'A volume of the local driver can be a bind mount under another name, and looks harmless in every list.',
    cis: ['5.6', '5.32'],
    remedy: { ...remedy, engine: 'Remove the volume, and create it without the options o=bind and device' },
    needs: ['volumes', 'engineFolders', 'engineSockets'],
    lists: ['denied-host-paths'],
    judge: ({ volumes, engineFolders, engineSockets }, { lists }) =>
      failIfAny(
        meeting(volumes, [
          ...systemFolders,
          ...privateFolders,
          ...engineFolders,
          ...engineSockets,
          ...lists['denied-host-paths'],
        ]),
      ),
  }),
  containerCheck({
    ...about,
    id: 'CTR-022',
    title: 'It inherits no sensitive folder of the host from another container',
    why: '--volumes-from brings every mount of the other container, including those of the host.',
    severity: 'high',
    remedy: {
      docker: 'Leave out --volumes-from, and mount single volumes',
      compose: 'Leave out volumes_from, and mount single volumes',
    },
    needs: ['inheritedMounts', 'engineFolders', 'engineSockets'],
    lists: ['denied-host-paths'],
    judge: ({ inheritedMounts, engineFolders, engineSockets }, { lists }) =>
      failIfAny(
        meeting(inheritedMounts, [
          ...systemFolders,
          ...privateFolders,
          ...engineFolders,
          ...engineSockets,
          ...lists['denied-host-paths'],
        ]),
      ),
  }),
  containerCheck({
    ...about,
    id: 'CTR-023',
    title: 'Only root can replace folders above what is mounted',
    why: 'Whoever can replace a folder with a link decides what the container gets at its next start.',
    severity: 'high',
    remedy: { host: 'For each folder of the path, run chown root and chmod go-w' },
    needs: ['loosePaths'],
    judge: ({ loosePaths }) => failIfAny(loosePaths),
  }),
  containerCheck({
    ...about,
    id: 'CTR-024',
    title: 'Mounts made inside it do not appear on the host',
    why: 'With shared propagation, a mount inside the container can cover files of the host and of other containers.',
    severity: 'high',
    nist: ['4.4.3', '4.5.5'],
    cis: ['5.20'],
    remedy: {
      docker: 'Leave shared and rshared out of -v and bind-propagation',
      compose: 'Leave shared and rshared out of volumes',
      kubernetes: 'Do not set mountPropagation: Bidirectional',
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
  return mountsMeeting(mounts, meetingWith(folders)).map((met) =>
    mountWords(met.mount, met.kind === 'met' ? met.path : undefined),
  );
}

/** Whether all that a mount shows is in one of the paths. */
function isWithin(mount: ContainerMount, allowed: readonly string[]): boolean {
  const paths = pathsOf(mount);
  return paths.length > 0 && paths.every((path) => allowed.some((folder) => holdsPath(folder, path)));
}
