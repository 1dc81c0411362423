import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canMakeDebianImage, debianImage } from '../../test/make/debian.ts';
import type { Target } from './answers.ts';
import { debianTrees } from './debian-trees.ts';
import { installedFamilies, writeInstalledFolder } from './installed-folders.ts';
import { lockFamilies, writeLockFolder } from './lock-folders.ts';
import { rootsOfRelease, systemReleases, writeSystemFolders } from './system-folders.ts';

/** A target by its name, made when it is its turn. */
export interface TargetMaker {
  readonly name: string;
  target(): Target | Promise<Target>;
}

/** Everything that the two scanners are compared on. */
export function peerTargets(feeds: string, folder: string): readonly TargetMaker[] {
  const locks = lockFamilies.map((family): TargetMaker => {
    const name = `locks-${family}`;
    return {
      name,
      target() {
        const path = join(folder, name);
        writeLockFolder(path, feeds, family);
        return { name, kind: 'sources', path };
      },
    };
  });
  const installed = installedFamilies.map((family): TargetMaker => {
    const name = `installed-${family}`;
    return {
      name,
      target() {
        const path = join(folder, name);
        writeInstalledFolder(path, feeds, family);
        return { name, kind: 'root', path };
      },
    };
  });
  const systems = systemReleases.flatMap((release) =>
    Array.from({ length: rootsOfRelease }, (_, variant): TargetMaker => {
      const name = `${release.name}-${variant}`;
      return {
        name,
        target() {
          const all = join(folder, release.name);
          if (!existsSync(all)) writeSystemFolders(all, feeds, release);
          return { name, kind: 'root', path: join(all, `${variant}`) };
        },
      };
    }),
  );
  const images: readonly TargetMaker[] = canMakeDebianImage()
    ? [
        {
          name: 'image-debian',
          target: async () => ({ name: 'image-debian', kind: 'archive', path: (await debianImage()).archive }),
        },
      ]
    : [];
  const trees: readonly TargetMaker[] = canMakeDebianImage()
    ? (['unowned', 'owned'] as const).map((way) => {
        const name = `tree-${way}`;
        return { name, target: async () => ({ name, kind: 'root', path: (await debianTrees())[way] }) };
      })
    : [];
  return [...images, ...trees, ...locks, ...installed, ...systems];
}
