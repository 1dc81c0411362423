import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { unpackedLayers } from '#image/index.ts';
import type { LedgerBase } from '#admission/contract.ts';
import type { BuildBase } from './start-decision.ts';
import { lowersOf, parseMountinfo } from '#inventory/agent/index.ts';

export interface BuildStep {
  /** Folder with the step's OCI spec and root. */
  readonly bundle: string;
  /** Folder of what the engine keeps; `undefined` while there is no engine. */
  readonly engineRoot: string | undefined;
  /** Those that are approved. */
  readonly bases: readonly LedgerBase[];
}

/**
 * What a step of a build stands on: the lowest folders of its root, against those in which the engine keeps the layers of
 * the approved bases. BuildKit mounts a step's root before its runtime is called.
 */
export async function baseOfStep({ bundle, engineRoot, bases }: BuildStep): Promise<BuildBase> {
  if (bases.length === 0) return { state: 'other', why: 'None is approved: approve one on the page Trust.' };
  const lowest = engineRoot === undefined ? [] : await foldersBelow(bundle, engineRoot);
  if (engineRoot === undefined || lowest.length === 0) return { state: 'not-seen', why: notSeen };
  for (const { diffIds } of bases) {
    const folders = await unpackedLayers(diffIds, engineRoot);
    if (folders === undefined) continue;
    const whole = await Promise.all(folders.map(async (folder) => await realpath(folder)));
    if (isDeepStrictEqual(lowest.slice(0, whole.length), whole)) return { state: 'approved' };
  }
  const names = bases.slice(0, 10).map(({ name }) => name);
  const more = bases.length > names.length ? ` or ${bases.length - names.length} others` : '';
  return { state: 'other', why: `This one is none: build on ${names.join(', ')}${more}.` };
}

const notSeen =
  'The base of this step cannot be seen: only Docker’s own store of images with overlay2 names it. Build where that is used, or on a machine that builds only.';

/** Folders that the root of a bundle is laid of, lowest first; none where it is no overlay of this engine's own store. */
async function foldersBelow(bundle: string, engineRoot: string): Promise<readonly string[]> {
  try {
    const root = await realpath(join(bundle, 'rootfs'));
    const mounts = parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8'));
    const mount = mounts.findLast(({ at }) => at === root);
    const lowers = mount === undefined ? [] : lowersOf(mount);
    const store = await realpath(join(engineRoot, 'overlay2'));
    // Paths are short ones below that folder where many layers would not fit otherwise.
    const folders = await Promise.all(lowers.map(async (folder) => await realpath(resolve(store, folder))));
    return folders.every((folder) => folder.startsWith(`${store}/`)) ? folders.toReversed() : [];
  } catch {
    return [];
  }
}
