import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';

/** Thrown for a file that cannot be opened inside its folder; the message says why, without the path. */
export class UnreachableFile extends Error {}

/** A regular file that is open. */
export interface ConfinedFile {
  readonly descriptor: number;
  readonly size: number;
  close(): void;
}

/**
 * A folder that someone else filled, from which files are opened. Nothing outside of it is ever reached, whatever
 * symbolic links it holds: each component of a path is opened below the one before without following links.
 */
export interface ConfinedFolder {
  /** `path` holds one character for each byte, because names need not be UTF-8. Throws `UnreachableFile`. */
  open(path: string): ConfinedFile;
  close(): void;
}

interface OpenFolder {
  readonly name: string;
  readonly descriptor: number;
}

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** More components than any path of an engine has. */
const deepestFolder = 1024;

/** Linux only: `/proc/self/fd/N/NAME` is what `openat` is elsewhere. Folders stay open for files that follow in them. */
export function confine(folder: string): ConfinedFolder {
  const root = reach(() => openSync(folder, O_RDONLY | O_DIRECTORY));
  const opened: OpenFolder[] = [];
  const closeDownTo = (depth: number) => {
    for (const { descriptor } of opened.splice(depth)) closeSync(descriptor);
  };
  return {
    open(path) {
      const names = path.split('/').filter((name) => name !== '' && name !== '.');
      const name = names.pop();
      if (name === undefined || names.length > deepestFolder) throw new UnreachableFile('is no name of a file');
      if (name === '..' || names.includes('..')) throw new UnreachableFile('climbs out of its folder');
      const shared = names.findIndex((one, depth) => opened[depth]?.name !== one);
      closeDownTo(shared === -1 ? names.length : shared);
      for (const below of names.slice(opened.length)) {
        const place = entry(opened.at(-1)?.descriptor ?? root, below);
        const descriptor = reach(() => openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        opened.push({ name: below, descriptor });
      }
      return openFile(entry(opened.at(-1)?.descriptor ?? root, name));
    },
    close() {
      closeDownTo(0);
      closeSync(root);
    },
  };
}

function entry(folder: number, name: string): Buffer {
  return Buffer.from(`/proc/self/fd/${folder}/${name}`, 'latin1');
}

/** Looks before it opens: to open a device may already do something. */
function openFile(place: Buffer): ConfinedFile {
  if (!reach(() => lstatSync(place)).isFile()) throw new UnreachableFile('is no regular file');
  const descriptor = reach(() => openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  const close = () => closeSync(descriptor);
  const found = fstatSync(descriptor);
  if (found.isFile()) return { descriptor, size: found.size, close };
  close();
  throw new UnreachableFile('is no regular file');
}

function reach<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UnreachableFile(reasons[code ?? ''] ?? `cannot be opened (${code})`, { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is missing',
  ELOOP: 'lies behind a symbolic link',
  ENOTDIR: 'lies behind something that is no folder',
  EACCES: 'may not be read by this user',
};
