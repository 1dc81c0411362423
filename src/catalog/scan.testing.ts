import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits, openTarget } from '#image/index.ts';
import { dockerArchive } from '../../test/make/image.ts';
import { makeTar, type TarEntry } from '../../test/make/tar.ts';
import { type AnalyzeOptions, analyzeTarget } from './analyze.ts';
import { analyzers } from './analyzers.ts';
import type { Catalog } from './contract.ts';
import type { ExecutablesWanted } from './executables/layer-executables.ts';

/** A catalog that tells nothing. */
export const emptyCatalog: Catalog = { packages: [], faults: [], analyzers: [] };

/** What else a scan does. */
type More = Pick<AnalyzeOptions, 'malware' | 'scripts'>;

/** The catalog of an image of these layers, read from an archive. */
export async function scanLayers(
  layers: readonly (readonly TarEntry[])[],
  executables?: ExecutablesWanted,
  more: More = {},
): Promise<Catalog> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-layers-'));
  try {
    const path = join(folder, 'image.tar');
    writeFileSync(path, dockerArchive(layers.map(makeTar)).bytes);
    return await scanTarget(`archive:${path}`, executables, more);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The catalog of a target, such as `dir:/srv/root`, read with every analyzer. */
export async function scanTarget(
  address: string,
  executables: ExecutablesWanted = 'left-out',
  more: More = {},
): Promise<Catalog> {
  const platform = { os: 'linux', architecture: 'amd64' };
  const opened = await openTarget(address, { platform, limits: defaultLimits, dockerSocket: '/nowhere' });
  try {
    return (await analyzeTarget(opened, { analyzers, limits: defaultLimits, executables, ...more })).catalog;
  } finally {
    await opened.close();
  }
}
