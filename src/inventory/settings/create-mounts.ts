import type { EngineView, NamedVolume } from './host-view.ts';
import { kernelFileSystems } from './kernel-paths.ts';
import { mostFolders, mostMounts } from './limits.ts';
import { plainPath } from './path.ts';
import { type AskedMount, type GivenMounts, isTooMany, moreMounts, mountsAt } from './place.ts';
import type { CreateRequest, RequestMount } from './schema.ts';

type HostConfig = NonNullable<CreateRequest['HostConfig']>;

/** One mount of a request before anybody was asked what is behind it. */
type Wanted =
  | { readonly kind: 'path' | 'unknown'; readonly source: string; readonly target: string }
  /** The engine is asked about one with a name; what the request says of it holds where the engine has none. */
  | { readonly kind: 'volume'; readonly source: string; readonly target: string; readonly asked: NamedVolume };

/** Everything of the host's file system that a request asks for, by whatever form of mount. */
export async function requestedMounts(request: CreateRequest, engine: EngineView): Promise<GivenMounts> {
  const config = request.HostConfig ?? {};
  const named = [...new Set(config.VolumesFrom ?? [])];
  const own = wantedBy(request);
  if (named.length > mostMounts || isTooMany(own, engine.host)) return moreMounts;
  const wanted = [...own];
  for (const words of named) {
    wanted.push(...(await ofContainer(words, engine)));
    if (isTooMany(wanted, engine.host)) return moreMounts;
  }
  const asked = await Promise.all(wanted.map((one) => askedMount(one, engine)));
  const shown = asked.filter((one) => one !== 'own');
  return { mounts: await mountsAt(shown, engine.host), tooMany: [] };
}

function wantedBy({ HostConfig, Volumes }: CreateRequest): readonly Wanted[] {
  const config = HostConfig ?? {};
  const wanted = [
    ...(config.Binds ?? []).flatMap((words) => ofBind(words, config)),
    ...(config.Mounts ?? []).flatMap(ofMount),
    ...(config.IpcMode === 'host' ? [{ kind: 'path', source: '/dev/shm', target: '/dev/shm' } as const] : []),
  ];
  const targets = new Set(wanted.map(({ target }) => plainPath(target)));
  const unnamed = Object.keys(Volumes ?? {}).filter((target) => !targets.has(plainPath(target)));
  return [...wanted, ...unnamed.map((target) => ({ kind: 'volume', source: '', target, asked: plain }) as const)];
}

const plain: NamedVolume = { driver: '', options: {} };

/** `/host/path:/target:options`, or a volume's name in the place of the path. The engine takes `..` before it follows links. */
function ofBind(words: string, config: HostConfig): readonly Wanted[] {
  const [source = '', target] = words.split(':', 2);
  if (target === undefined) return [];
  if (source.startsWith('/')) return [{ kind: 'path', source: plainPath(source), target }];
  return [{ kind: 'volume', source, target, asked: { driver: config.VolumeDriver ?? '', options: {} } }];
}

function ofMount({ Type, Source, Target, VolumeOptions }: RequestMount): readonly Wanted[] {
  const [source, target] = [Source ?? '', Target ?? ''];
  switch (Type) {
    case 'bind':
      return [{ kind: 'path', source: plainPath(source), target }];
    case 'tmpfs':
      return [];
    case 'volume': {
      const { Name, Options } = VolumeOptions?.DriverConfig ?? {};
      return [{ kind: 'volume', source, target, asked: { driver: Name ?? '', options: Options ?? {} } }];
    }
    default:
      return [{ kind: 'unknown', source, target }];
  }
}

/** `NAME`, `NAME:ro`: everything that is mounted into that container. */
async function ofContainer(words: string, engine: EngineView): Promise<readonly Wanted[]> {
  const name = words.replace(/:[^:/]*$/, '');
  const container = await engine.container(name);
  if (container === undefined) return [{ kind: 'unknown', source: name, target: '' }];
  return container.mounts.map(({ kind, source, target }) =>
    kind === 'bind' ? { kind: 'path', source, target } : { kind, source, target, asked: plain },
  );
}

async function askedMount(wanted: Wanted, engine: EngineView): Promise<AskedMount | 'own'> {
  const { kind, source, target } = wanted;
  if (kind !== 'volume') return { source, target, paths: kind === 'path' ? [source] : [] };
  const volume = source === '' ? undefined : await engine.volume(source);
  const paths = foldersOf(volume ?? wanted.asked);
  return paths === 'own' ? 'own' : { source, target, paths };
}

/**
 * The folders of the host that the engine's own driver mounts for a volume: `o=bind,device=/etc` one, an overlay those
 * that it names, `device=/dev/sda1` a disk; none where that cannot be seen. Of a plain volume, and of those of other
 * drivers, which come from elsewhere, it is the engine's own.
 */
export function foldersOf({ driver, options }: NamedVolume): readonly string[] | 'own' {
  if (driver !== '' && driver !== 'local') return 'own';
  const [type = '', device = ''] = [options['type'], options['device']];
  const words = (options['o'] ?? '').split(',').map((word) => word.trim());
  const isBound = [type, ...words].some((word) => word === 'bind' || word === 'rbind');
  const kernels = Object.hasOwn(kernelFileSystems, type) ? kernelFileSystems[type] : undefined;
  if (!isBound && remoteFileSystems.includes(type)) return 'own';
  const folders = words.flatMap((word) => /^(?:lowerdir|upperdir|workdir)\+?=(.*)$/.exec(word)?.[1]?.split(':') ?? []);
  // One that is told from a folder that nobody knows, or with marks of escaping, may lead anywhere.
  if (folders.some((folder) => folder !== '' && !isWholePath(folder))) return [];
  const paths = [...folders, device, kernels ?? ''].filter((path) => path.startsWith('/'));
  if (paths.length > mostFolders) return [];
  return paths.length > 0 || isBound || (type !== '' && type !== 'none') ? paths : 'own';
}

/** Whether a folder of an overlay is told by its whole path, as it is. */
export function isWholePath(folder: string): boolean {
  return folder.startsWith('/') && !folder.includes('\\');
}

/** Nothing of the host is in them. */
const remoteFileSystems: readonly string[] = ['nfs', 'nfs4', 'cifs', 'smb3', 'tmpfs', 'ceph', 'glusterfs'];
