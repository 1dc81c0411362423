import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../journeys/seawall.ts';

/** The release before this one: what is upgraded from, and what has none of the limits. */
const commit = '78299ed';

/** Checks it out below a folder, with the packages of this checkout. Answers its program. */
export function checkOutBefore(folder: string): string {
  const place = join(folder, 'before');
  mkdirSync(place);
  const archive = execFileSync('git', ['-C', repository, 'archive', commit], { maxBuffer: 256 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', place], { input: archive });
  symlinkSync(join(repository, 'node_modules'), join(place, 'node_modules'));
  return join(place, 'bin/seawall');
}
