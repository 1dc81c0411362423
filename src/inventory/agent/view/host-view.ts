import { lstat, open, opendir, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path/posix';
import { type HostDevice, type HostView, plainPath } from '../../settings/index.ts';
import { aliasesOf, mountedAt, type MountTable, mountTable, parseMountinfo, Steps } from './host-mounts.ts';
import { Patience } from './patience.ts';

export interface HostViewOptions {
  readonly engineRoot?: string;
  readonly sockets: readonly string[];
  /**
   * Milliseconds for all that one question asks of the host's files; what was not seen by then counts as not seen: a
   * network's file system may hang, and links may lead far.
   */
  readonly patience: number;
  /** For questions of one moment: mounts and sockets are looked at once for all of them, else for each. */
  readonly mounts?: 'read-once';
}

/** Links to follow until a path counts as a circle, and files looked at for the devices in one folder. */
const mostLinks = 40;
const mostFiles = 1000;
/** Characters of the mount table, some 30,000 mounts; and mounts looked at for the paths of one question. */
const longestTable = 8 * 1024 * 1024;
const mostSteps = 20_000;

/** The host as its own files tell of it, without asking an engine. For a process in the host's own namespaces. */
export async function openHostView(options: HostViewOptions): Promise<HostView> {
  const { sockets, patience } = options;
  const seen = <T>(look: () => Promise<T>): Promise<T | undefined> => new Patience(patience).with(look);
  const { engineRoot: root } = options;
  const engineRoot = root === undefined ? undefined : await seen(() => realPath(root));
  const realSockets = () => Promise.all(sockets.map(async (socket) => (await seen(() => realPath(socket))) ?? socket));
  const [table, places] =
    options.mounts === 'read-once' ? [once(readTable), once(realSockets)] : [readTable, realSockets];
  return {
    sockets: places,
    ...(engineRoot !== undefined && { engineRoot }),
    places: (paths) => placesOf(paths, table, new Patience(patience)),
    devices: (paths) => new Patience(patience).withEach(paths, devicesAt),
    async devicePaths(devices) {
      const found = await new Patience(patience).withEach(devices, pathOfDevice);
      return devices.map((device) => found.get(device));
    },
    isHostNamespace: (file) => seen(() => isOwnNamespace(file)),
  };
}

/** What is looked at the first time; what fails is tried again. */
function once<T>(look: () => Promise<T>): () => Promise<T> {
  let seen: Promise<T> | undefined;
  return async () => {
    const looking = seen ?? look();
    seen = looking;
    try {
      return await looking;
    } catch (error) {
      if (seen === looking) seen = undefined;
      throw error;
    }
  };
}

/** Rejects where it is too long. */
async function readTable(): Promise<MountTable> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  if (text.length > longestTable) throw new Error('More is mounted here than can be looked at.');
  return mountTable(parseMountinfo(text));
}

/** The mount table is read once for all of them. */
async function placesOf(
  paths: readonly string[],
  read: () => Promise<MountTable>,
  patience: Patience,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (paths.length === 0) return new Map();
  const table = await patience.with(read);
  if (table === undefined) return new Map();
  const steps = new Steps(mostSteps, (layer) => realPath(layer));
  return patience.withEach(paths, (path) => placesAt(path, table, steps));
}

async function placesAt(path: string, table: MountTable, steps: Steps): Promise<readonly string[]> {
  const real = await realPath(path);
  const about = await stat(real).catch(() => undefined);
  const onDisk = about?.isBlockDevice() === true ? mountedAt(numbersOf(about.rdev).join(':'), table) : [];
  const places = new Set<string>();
  for (const one of [real, ...onDisk]) for (const alias of await aliasesOf(one, table, steps)) places.add(alias);
  return [...places];
}

/** As the kernel would follow it; of what is not there, where it would be made. Rejects for a circle of links. */
async function realPath(path: string, links = mostLinks): Promise<string> {
  const whole = await realOf(path);
  if (whole !== undefined) return whole;
  const [there, missing, rest] = await partsOf(path);
  const about = await lstat(`${there}/${missing}`).catch(() => undefined);
  if (about?.isSymbolicLink() !== true) return plainPath([there, missing, ...rest].join('/'));
  if (links === 0) throw new Error(`${path} leads in a circle`);
  const aim = resolve(there, await readlink(`${there}/${missing}`));
  return realPath([aim, ...rest].join('/'), links - 1);
}

/** Opens nothing but the place: no device wakes up, no pipe waits. */
const O_PATH = 0o10000000;

/** As the kernel itself follows it, at a cost that grows with its length alone. `undefined`: it is not there. */
async function realOf(path: string): Promise<string | undefined> {
  try {
    await using place = await open(path, O_PATH);
    const real = await readlink(`/proc/self/fd/${place.fd}`);
    if (!real.startsWith('/')) throw new Error(`${path} is no file of the host`);
    return real;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return undefined;
  }
}

/** Where the part of a path that is there leads, the name that is missing in it, and the names after that. */
async function partsOf(path: string): Promise<readonly [there: string, missing: string, rest: readonly string[]]> {
  const names = path.split('/').filter((name) => name !== '');
  let there = '/';
  let [from, to] = [0, names.length];
  // As many names of the first `from` lead somewhere, and the first `to` do not.
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    const real = await realOf(`/${names.slice(0, middle).join('/')}`);
    if (real === undefined) to = middle;
    else [from, there] = [middle, real];
  }
  return [there, names[from] ?? '', names.slice(to)];
}

/** None where nothing is there. Links in a folder are passed over, as engines do; too many files count as not seen. */
async function devicesAt(path: string): Promise<readonly HostDevice[] | undefined> {
  const real = await realOf(path);
  const files = real === undefined ? [] : [real];
  const found: HostDevice[] = [];
  for (const file of files) {
    if (files.length > mostFiles) return undefined;
    const about = await lstat(file);
    if (about.isDirectory()) {
      for await (const { name } of await opendir(file)) if (files.push(join(file, name)) > mostFiles) break;
    } else if (about.isBlockDevice() || about.isCharacterDevice()) {
      const [major, minor] = numbersOf(about.rdev);
      found.push({ type: about.isBlockDevice() ? 'block' : 'character', major, minor });
    }
  }
  return found;
}

/** As glibc packs them into one number. */
function numbersOf(device: number): [number, number] {
  const packed = BigInt(device);
  const major = ((packed >> 8n) & 0xfffn) | ((packed >> 32n) & 0xff_ff_f0_00n);
  const minor = (packed & 0xffn) | ((packed >> 12n) & 0xff_ff_ff_00n);
  return [Number(major), Number(minor)];
}

async function pathOfDevice({ type, major, minor }: HostDevice): Promise<string | undefined> {
  if (major === undefined || minor === undefined) return undefined;
  const uevent = await readFile(`/sys/dev/${type === 'block' ? 'block' : 'char'}/${major}:${minor}/uevent`, 'utf8');
  const name = /^DEVNAME=(.+)$/m.exec(uevent)?.[1];
  return name === undefined ? undefined : `/dev/${name}`;
}

async function isOwnNamespace(file: string): Promise<boolean> {
  const folder = '/proc/self/ns';
  const [about, ...own] = await Promise.all(
    [file, ...(await readdir(folder)).map((name) => `${folder}/${name}`)].map((path) => stat(path)),
  );
  return own.some((one) => one.ino === about?.ino && one.dev === about.dev);
}
