import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Log, messageOf } from '#base/index.ts';

export interface FileWatchOptions {
  /** Told the path of a file or folder that was made, changed, moved or removed, or got another owner or mode. */
  readonly changed: (path: string) => void;
  readonly log: Log;
  /** Folders that are watched at most. */
  readonly most?: number;
}

/** Watches what was looked at. */
export interface FileWatch {
  /** From now on, changes of this path are told; of what is not there, that it comes. */
  lookedAt(path: string): void;
  close(): void;
}

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Names in it that were looked at. */
  readonly names: Set<string>;
}

/** A host has some 40 folders that matter. */
const usualMost = 512;
const mostNames = 4096;
/** What the kernel makes up tells of no changes; logs change all the time. */
const unwatched = ['/proc', '/sys', '/dev', '/var/log'];

/** Watches the folders of files: so one that is not there yet is seen, and a thousand files of a folder cost one watch. */
export function watchFiles({ changed, log, most = usualMost }: FileWatchOptions): FileWatch {
  const folders = new Map<string, WatchedFolder>();
  let hasSaid = false;
  const sayOnce = (error: string): void => {
    if (!hasSaid) log.warn({ error }, 'Some files of checks are not watched; they are read every ten minutes.');
    hasSaid = true;
  };
  const forgetBelow = (path: string): void => {
    for (const [folder, { watcher }] of folders) {
      if (folder !== path && !folder.startsWith(`${path}/`)) continue;
      watcher.close();
      folders.delete(folder);
    }
  };
  const open = (folder: string): WatchedFolder | undefined => {
    if (folders.size >= most) return void sayOnce(`more than ${most} folders`);
    const names = new Set<string>();
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        if (name !== null && !names.has(name)) return;
        const path = join(folder, name ?? '');
        // Another folder may stand there now, which is watched once it is looked at.
        if (event === 'rename') forgetBelow(path);
        changed(path);
      });
      watcher.on('error', (error) => {
        sayOnce(messageOf(error));
        forgetBelow(folder);
      });
      return { watcher, names };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') sayOnce(messageOf(error));
      return undefined;
    }
  };
  return {
    lookedAt(path) {
      if (path === '/' || unwatched.some((folder) => path === folder || path.startsWith(`${folder}/`))) return;
      const folder = dirname(path);
      const watched = folders.get(folder) ?? open(folder);
      if (watched === undefined) return;
      folders.set(folder, watched);
      if (watched.names.size < mostNames) watched.names.add(basename(path));
      else sayOnce(`more than ${mostNames} files in ${folder}`);
    },
    close: () => forgetBelow(''),
  };
}
