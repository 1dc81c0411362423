import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of the package that this program belongs to: the nearest one above with a `package.json`. */
export function checkoutFolder(from: string = import.meta.dirname): string {
  const above = dirname(from);
  return existsSync(join(from, 'package.json')) || above === from ? from : checkoutFolder(above);
}
