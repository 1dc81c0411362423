import type { EngineView, NamedVolume } from './host-view.ts';
import { plainPath } from './path.ts';
import { mountOf } from './place.ts';
import type { CreateRequest, RequestMount } from './schema.ts';
import type { HostMount } from './settings.ts';

type HostConfig = NonNullable<CreateRequest['HostConfig']>;

/** Everything of the host's file system that a request asks for, by whatever form of mount. */
export async function requestedMounts(config: HostConfig, engine: EngineView): Promise<readonly HostMount[]> {
  const found = await Promise.all([
    ...(config.Binds ?? []).map((words) => ofBind(words, { config, engine })),
    ...(config.Mounts ?? []).map((mount) => ofMount(mount, engine)),
    ...(config.VolumesFrom ?? []).map((words) => ofContainer(words, engine)),
    ...(config.IpcMode === 'host' ? [ofPath('/dev/shm', { target: '/dev/shm', engine })] : []),
  ]);
  return found.flat();
}

/** `/host/path:/target:options`, or a volume's name in the place of the path. The engine takes `..` before it follows links. */
async function ofBind(
  words: string,
  { config, engine }: { readonly config: HostConfig; readonly engine: EngineView },
): Promise<readonly HostMount[]> {
  const [source = '', target] = words.split(':');
  if (target === undefined) return [];
  if (source.startsWith('/')) return ofPath(plainPath(source), { target, engine });
  const volume = (await engine.volume(source)) ?? { driver: config.VolumeDriver ?? '', options: {} };
  return volumeMounts(volume, { source, target, engine });
}

async function ofMount(
  { Type, Source, Target, VolumeOptions }: RequestMount,
  engine: EngineView,
): Promise<readonly HostMount[]> {
  const [source, target] = [Source ?? '', Target ?? ''];
  switch (Type) {
    case 'bind':
      return ofPath(plainPath(source), { target, engine });
    case 'tmpfs':
      return [];
    case 'volume': {
      const asked = {
        driver: VolumeOptions?.DriverConfig?.Name ?? '',
        options: VolumeOptions?.DriverConfig?.Options ?? {},
      };
      const volume = source === '' ? undefined : await engine.volume(source);
      return volumeMounts(volume ?? asked, { source, target, engine });
    }
    default:
      return [{ source, target, place: { kind: 'not-seen' } }];
  }
}

interface Aim {
  readonly target: string;
  readonly engine: EngineView;
}

async function ofPath(source: string, { target, engine }: Aim): Promise<readonly HostMount[]> {
  const mount = await mountOf({ source, target }, engine.host);
  return mount === undefined ? [] : [mount];
}

/**
 * What the engine's own driver mounts for a volume: `o=bind,device=/etc` a folder of the host, an overlay the folders that
 * it names, `device=/dev/sda1` a disk. Volumes of other drivers come from elsewhere.
 */
export async function volumeMounts(
  { driver, options }: NamedVolume,
  { source, target, engine }: Aim & { readonly source: string },
): Promise<readonly HostMount[]> {
  if (driver !== '' && driver !== 'local') return [];
  const [type = '', device = ''] = [options['type'], options['device']];
  const words = (options['o'] ?? '').split(',').map((word) => word.trim());
  const isBound = [type, ...words].some((word) => word === 'bind' || word === 'rbind');
  const kernels = kernelFileSystems[type];
  if (!isBound && remoteFileSystems.includes(type)) return [];
  const folders = words.flatMap((word) => /^(?:lowerdir|upperdir|workdir)\+?=(.*)$/.exec(word)?.[1]?.split(':') ?? []);
  const paths = [...folders, device, kernels ?? ''].filter((path) => path.startsWith('/'));
  if (paths.length === 0 && (isBound || (type !== '' && type !== 'none'))) {
    return [{ source, target, place: { kind: 'not-seen' } }];
  }
  return (await Promise.all(paths.map((path) => ofPath(path, { target, engine })))).flat();
}

/** Nothing of the host is in them. */
const remoteFileSystems: readonly string[] = ['nfs', 'nfs4', 'cifs', 'smb3', 'tmpfs', 'ceph', 'glusterfs'];

/** One for the whole host: a second mount shows the same. */
const kernelFileSystems: Readonly<Record<string, string>> = {
  proc: '/proc',
  sysfs: '/sys',
  devtmpfs: '/dev',
  debugfs: '/sys/kernel/debug',
  tracefs: '/sys/kernel/tracing',
  securityfs: '/sys/kernel/security',
  configfs: '/sys/kernel/config',
  cgroup: '/sys/fs/cgroup',
  cgroup2: '/sys/fs/cgroup',
  bpf: '/sys/fs/bpf',
};

/** `NAME`, `NAME:ro`: everything that is mounted into that container. */
async function ofContainer(words: string, engine: EngineView): Promise<readonly HostMount[]> {
  const name = words.replace(/:[^:/]*$/, '');
  const container = await engine.container(name);
  if (container === undefined) return [{ source: name, target: '', place: { kind: 'not-seen' } }];
  const found = await Promise.all(
    container.mounts.map(async ({ kind, source, target }) => {
      if (kind === 'bind') return ofPath(source, { target, engine });
      const volume = await engine.volume(source);
      return volume === undefined ? [] : volumeMounts(volume, { source, target, engine });
    }),
  );
  return found.flat();
}
