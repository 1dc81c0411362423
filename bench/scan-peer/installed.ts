import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../test/journeys/seawall.ts';
import { writePrograms } from '../../tools/bundle.ts';

/**
 * Lays out the command line as it is installed, with a Node of its own: the one of a checkout looks for sources that changed at
 * each start. Answers its `bin/seawall`.
 */
export async function installProgram(folder: string): Promise<string> {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  await writePrograms(join(folder, 'dist/cli'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'seawall', type: 'module' }));
  copyFileSync(process.execPath, join(folder, 'bin/node'));
  cpSync(join(repository, 'bin/seawall'), join(folder, 'bin/seawall'));
  for (const program of ['node', 'seawall']) chmodSync(join(folder, 'bin', program), 0o755);
  return join(folder, 'bin/seawall');
}

/** Makes it forget what it knows of images and files; code that it compiled stays, as it does between two images. */
export function forgetScans(cache: string): void {
  for (const name of namesIn(join(cache, 'seawall')))
    if (name !== 'compiled') rmSync(join(cache, 'seawall', name), { recursive: true, force: true });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
