import { holdsPath } from '../settings/index.ts';

/** One line of `mountinfo`: which part of which file system is seen where. */
export interface HostMountPoint {
  /** `254:1`. */
  readonly device: string;
  /** Folder of the file system that is mounted. */
  readonly root: string;
  readonly at: string;
  /** Folders that an overlay is laid of, where they are told by whole paths. */
  readonly layers: readonly string[];
}

/** Lines that do not have the kernel's form are left out. */
export function parseMountinfo(text: string): readonly HostMountPoint[] {
  return text.split('\n').flatMap((line) => {
    const [, , device, root, at] = line.split(' ');
    if (device === undefined || root === undefined || at === undefined) return [];
    return [{ device, root: unescaped(root), at: unescaped(at), layers: layersOf(line) }];
  });
}

/** `36 25 0:31 / /merged rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/c` → `/a`, `/b`, `/c`. */
function layersOf(line: string): readonly string[] {
  const [, type, , options = ''] = / - (\S+) (\S+) (\S+)$/.exec(line) ?? [];
  if (type !== 'overlay') return [];
  const folders = [...unescaped(options).matchAll(/(?:^|,)(?:lowerdir|upperdir)\+?=([^,]*)/g)];
  return folders.flatMap(([, list = '']) => list.split(':')).filter((folder) => folder.startsWith('/'));
}

/** `\040` and its like. */
function unescaped(word: string): string {
  return word.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}

/** Every path of a place, and of what is mounted in it elsewhere than below it. The path has no links. */
export function aliasesOf(path: string, mounts: readonly HostMountPoint[]): readonly string[] {
  const own = mounts.filter(({ at }) => holdsPath(at, path)).reduce<HostMountPoint | undefined>(topmost, undefined);
  const itself = own === undefined ? [] : pathsOf({ ...own, root: join(own.root, below(own.at, path)) }, mounts);
  const inside = mounts
    .filter(({ at }) => at !== path && holdsPath(path, at))
    .flatMap((mount) => pathsOf(mount, mounts));
  return [...new Set([path, ...itself, ...inside.filter((alias) => !holdsPath(path, alias))])];
}

/** Every path under which a device is mounted. */
export function mountedAt(device: string, mounts: readonly HostMountPoint[]): readonly string[] {
  return mounts.filter((mount) => mount.device === device).map(({ at }) => at);
}

/** Of two that hold a path, the deeper one, and of two at one place the later, which covers the other. */
function topmost(best: HostMountPoint | undefined, mount: HostMountPoint): HostMountPoint {
  return best === undefined || mount.at.length >= best.at.length ? mount : best;
}

function pathsOf({ device, root, layers }: HostMountPoint, mounts: readonly HostMountPoint[]): readonly string[] {
  const mounted = mounts
    .filter((mount) => mount.device === device && holdsPath(mount.root, root))
    .map((mount) => join(mount.at, below(mount.root, root)));
  return [...mounted, ...layers.map((layer) => join(layer, below('/', root)))];
}

/** `/a/b` below `/a` → `b`. */
function below(folder: string, path: string): string {
  return folder === '/' ? path.slice(1) : path.slice(folder.length + 1);
}

function join(folder: string, rest: string): string {
  if (rest === '') return folder;
  return folder === '/' ? `/${rest}` : `${folder}/${rest}`;
}
