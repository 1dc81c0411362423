import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Files of several runs: programs that are bundled anew have other names, and so have copies in folders of their own. */
const mostFiles = 20_000;

/** Where Node keeps what it compiled of the sources, for the many processes that tests start from them. */
export function compiledCodeFolder(): string {
  const folder = join(import.meta.dirname, '../.cache/compiled');
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder, { recursive: true }).length > mostFiles) rmSync(folder, { recursive: true, force: true });
  return folder;
}
