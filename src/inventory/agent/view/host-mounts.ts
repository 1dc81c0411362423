import { holdsPath, isWholePath, kernelFileSystems, PathTree } from '../../settings/index.ts';

/** One line of `mountinfo`: which part of which file system is seen where. */
export interface HostMountPoint {
  /** `254:1`. */
  readonly device: string;
  /** Folder of the file system that is mounted. */
  readonly root: string;
  readonly at: string;
  readonly line: string;
}

/** What is mounted where, found by walking a path once. */
export interface MountTable {
  readonly places: PathTree<HostMountPoint>;
  /** Of each device its mounts by the folder of it that they show. */
  readonly roots: ReadonlyMap<string, PathTree<HostMountPoint>>;
}

/** Lines that do not have the kernel's form are left out. */
export function parseMountinfo(text: string): readonly HostMountPoint[] {
  return text.split('\n').flatMap((line) => {
    const [, , device, root, at] = line.split(' ', 5);
    if (device === undefined || root === undefined || at === undefined) return [];
    return [{ device, root: unescaped(root), at: unescaped(at), line }];
  });
}

export function mountTable(mounts: readonly HostMountPoint[]): MountTable {
  const places = new PathTree<HostMountPoint>();
  const roots = new Map<string, PathTree<HostMountPoint>>();
  for (const mount of mounts) {
    const { device, root, at } = mount;
    const ofDevice = roots.get(device) ?? new PathTree<HostMountPoint>();
    roots.set(device, ofDevice);
    places.add(at, mount);
    ofDevice.add(root, mount);
  }
  return { places, roots };
}

/** `36 25 0:31 / /merged rw - overlay overlay rw,lowerdir=/a:/b,upperdir=c` → `/a`, `/b`, `c`. */
function layersOf(mount: HostMountPoint): readonly string[] {
  return [...lowersOf(mount), ...foldersOf(mount, 'upperdir')].filter((folder) => folder !== '');
}

/** Folders of an overlay that are only read, lowest last, as they were told: maybe by paths that are not whole. */
export function lowersOf(mount: HostMountPoint): readonly string[] {
  return foldersOf(mount, 'lowerdir');
}

function foldersOf({ line }: HostMountPoint, option: 'lowerdir' | 'upperdir'): readonly string[] {
  if (!line.includes(' - overlay ')) return [];
  const reported = unescaped(line.slice(line.lastIndexOf(' ') + 1)).split(',');
  const own = reported.filter((one) => one.startsWith(`${option}=`) || one.startsWith(`${option}+=`));
  return own.flatMap((one) => one.slice(one.indexOf('=') + 1).split(':'));
}

/** Path on a host of a file system that is the kernel's own: a mount of it elsewhere may be another one to the kernel, with the same in it. */
function kernelPathOf({ line }: HostMountPoint): string | undefined {
  const kind = / - ([^ ]+)/.exec(line)?.[1] ?? '';
  return Object.hasOwn(kernelFileSystems, kind) ? kernelFileSystems[kind] : undefined;
}

/** `\040` and its like. */
function unescaped(word: string): string {
  return word.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}

/** How many mounts may be looked at until somebody has the answer, and where folders of overlays lead. */
export class Steps {
  #left: number;
  readonly #realPath: (path: string) => Promise<string>;
  readonly #real = new Map<string, Promise<string>>();

  /** `realPath` follows links, and rejects where that cannot be seen. */
  constructor(most: number, realPath: (path: string) => Promise<string>) {
    this.#left = most;
    this.#realPath = realPath;
  }

  /** Each is looked at once. */
  real(path: string): Promise<string> {
    const found = this.#real.get(path) ?? this.#realPath(path);
    this.#real.set(path, found);
    return found;
  }

  /** Throws where there were too many. */
  take(): void {
    if (this.#left === 0) throw new Error('More is mounted there than can be looked at.');
    this.#left -= 1;
  }
}

/**
 * Every path of a place, and of what is mounted in it elsewhere than below it. The path has no links. Costs a step for
 * each mount in it and for each path; rejects where the steps do not suffice, or where the path lies in an overlay of
 * which cannot be told what it is laid of.
 */
export async function aliasesOf(path: string, table: MountTable, steps: Steps): Promise<readonly string[]> {
  if (path === '/') return [path];
  const found = new Set([path]);
  // The deepest holds it, and of those at one place the last, which covers the others.
  const own = [...table.places.above(path)].at(-1);
  if (own !== undefined) {
    const part = { ...own, root: join(own.root, below(own.at, path)) };
    if (!layersOf(part).every(isWholePath))
      throw new Error(`Nobody can tell what the overlay at ${own.at} is laid of.`);
    for (const alias of pathsOf(part, table, steps)) found.add(alias);
    for (const alias of await layerPathsOf(part, steps)) found.add(alias);
  }
  for (const mount of table.places.below(path)) {
    steps.take();
    const aliases = [...pathsOf(mount, table, steps), ...(await layerPathsOf(mount, steps))];
    for (const alias of aliases) if (!holdsPath(path, alias)) found.add(alias);
  }
  return [...found];
}

/** Every path under which a device is mounted. */
export function mountedAt(device: string, { roots }: MountTable): readonly string[] {
  const ofDevice = roots.get(device);
  return ofDevice === undefined ? [] : [...ofDevice.above('/'), ...ofDevice.below('/')].map(({ at }) => at);
}

function* pathsOf(part: HostMountPoint, { roots }: MountTable, steps: Steps): Generator<string> {
  const { device, root } = part;
  const kernel = kernelPathOf(part);
  if (kernel !== undefined) {
    steps.take();
    yield join(kernel, below('/', root));
  }
  for (const mount of roots.get(device)?.above(root) ?? []) {
    steps.take();
    yield join(mount.at, below(mount.root, root));
  }
}

/** Where a part of an overlay lies in the folders that it is laid of, those that are told by whole paths. */
async function layerPathsOf(part: HostMountPoint, steps: Steps): Promise<readonly string[]> {
  const found: string[] = [];
  for (const layer of layersOf(part).filter(isWholePath)) {
    steps.take();
    found.push(join(await steps.real(layer), below('/', part.root)));
  }
  return found;
}

/** `/a/b` below `/a` → `b`. */
function below(folder: string, path: string): string {
  return folder === '/' ? path.slice(1) : path.slice(folder.length + 1);
}

function join(folder: string, rest: string): string {
  if (rest === '') return folder;
  return folder === '/' ? `/${rest}` : `${folder}/${rest}`;
}
