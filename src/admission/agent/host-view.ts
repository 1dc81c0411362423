import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path/posix';
import { type HostDevice, type HostView, plainPath } from '../settings/index.ts';
import { aliasesOf, mountedAt, parseMountinfo } from './host-mounts.ts';

export interface HostViewOptions {
  readonly engineRoot?: string;
  readonly sockets: readonly string[];
  /** Milliseconds after which a file that does not answer counts as not seen: a network's file system may hang. */
  readonly patience: number;
}

/** Links to follow until a path counts as a circle, devices and folders looked at for one path. */
const mostLinks = 40;
const mostDevices = 1000;

/** The host as its own files tell of it, without asking an engine. For a process in the host's own namespaces. */
export async function openHostView(options: HostViewOptions): Promise<HostView> {
  const { sockets, patience } = options;
  const seen = <T>(work: Promise<T>): Promise<T | undefined> => inTime(work, patience);
  const engineRoot = options.engineRoot === undefined ? undefined : await seen(realpath(options.engineRoot));
  return {
    sockets: () => Promise.all(sockets.map(async (socket) => (await seen(realPath(socket))) ?? socket)),
    ...(engineRoot !== undefined && { engineRoot }),
    places: (path) => seen(placesOf(path)),
    devices: (path) => seen(devicesAt(path)),
    devicePath: (device) => seen(pathOfDevice(device)),
    isHostNamespace: (file) => seen(isOwnNamespace(file)),
  };
}

async function inTime<T>(work: Promise<T>, patience: number): Promise<T | undefined> {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => giveUp(undefined), patience);
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function placesOf(path: string): Promise<readonly string[]> {
  const mounts = parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8'));
  const real = await realPath(path);
  const about = await stat(real).catch(() => undefined);
  const onDisk = about?.isBlockDevice() === true ? mountedAt(numbersOf(about.rdev).join(':'), mounts) : [];
  return [real, ...onDisk].flatMap((one) => aliasesOf(one, mounts));
}

/** As the kernel would follow it; of what is not there, where it would be made. Rejects for a circle of links. */
async function realPath(path: string, links = mostLinks): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (links === 0 || (code !== 'ENOENT' && code !== 'ENOTDIR')) throw error;
  }
  const about = await lstat(path).catch(() => undefined);
  if (about?.isSymbolicLink() === true) return realPath(resolve(dirname(path), await readlink(path)), links - 1);
  const cut = path.replace(/\/+$/, '').lastIndexOf('/');
  const parent = await realPath(cut <= 0 ? '/' : path.slice(0, cut), links);
  return plainPath(`${parent}/${path.slice(cut + 1)}`);
}

async function devicesAt(path: string): Promise<readonly HostDevice[]> {
  const found: HostDevice[] = [];
  const waiting = [path];
  for (let looked = 0; looked < mostDevices; looked += 1) {
    const one = waiting.shift();
    if (one === undefined) break;
    const about = await stat(one);
    if (about.isBlockDevice() || about.isCharacterDevice()) {
      const [major, minor] = numbersOf(about.rdev);
      found.push({ type: about.isBlockDevice() ? 'block' : 'character', major, minor });
    } else if (about.isDirectory()) waiting.push(...(await readdir(one)).map((name) => join(one, name)));
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
