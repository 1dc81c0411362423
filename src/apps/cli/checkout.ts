import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { oneFile } from '#base/index.ts';

/**
 * Folder of the package that this program belongs to: the nearest one above with a `package.json`. One file belongs to none
 * and may lie in a folder that others write, so it goes by the place of the installed programs.
 */
export function checkoutFolder(): string {
  return oneFile() === undefined ? nearest(import.meta.dirname) : '/usr/lib/seawall';
}

function nearest(from: string): string {
  const above = dirname(from);
  return existsSync(join(from, 'package.json')) || above === from ? from : nearest(above);
}
