import { createHash } from 'node:crypto';
import { lstat, realpath, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AppError, isSubjectId, oneLine, type SubjectId } from '#base/index.ts';
import type { ImageSource, OpenedFolder } from '../../source.ts';

/** A root file system: this host's `/`, or one unpacked in a folder. */
export const directory: ImageSource = {
  id: 'directory',
  version: 1,
  prefix: 'dir:',
  summary: 'Folder of sources, or root file system in a folder; `/` is this host',
  async accepts(reference) {
    return /^(?:\.{0,2}\/|\.{1,2}$)|\/$/.test(reference) && (await isFolder(reference));
  },
  async open(reference) {
    if (!(await isFolder(reference))) throw new AppError('target-not-found', `There is no folder ${reference}.`);
    const path = await realpath(reference);
    const name = path === '/' ? hostname() : path;
    return {
      kind: 'folder',
      path,
      holds: await contentOf(path),
      subject: { kind: 'file-system', id: subjectIdFor(name), name: oneLine(name, 255), path: oneLine(path, 4096) },
      close: async () => undefined,
    };
  },
};

/** A root file system states its release (os-release(5)); a folder of sources has no reason to. */
async function contentOf(path: string): Promise<OpenedFolder['holds']> {
  for (const release of ['etc/os-release', 'usr/lib/os-release'])
    if ((await lstat(join(path, release)).catch(() => undefined)) !== undefined) return 'root';
  return path === '/' ? 'root' : 'sources';
}

/** Subject id of a host name or path; what does not fit is replaced, and told apart by a hash. */
function subjectIdFor(name: string): SubjectId {
  const bare = name.replace(/^\/+/, '');
  const whole = `host:${bare}`;
  if (isSubjectId(whole)) return whole;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const fitted = `host:x${bare.replace(/[^A-Za-z0-9._/@-]/g, '-').slice(0, 200)}-${hash}`;
  if (!isSubjectId(fitted)) throw new Error(`${fitted} is no subject id`);
  return fitted;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
