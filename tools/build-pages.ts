import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newest } from './newest.ts';

/** Builds the pages of a checkout where they are missing or older than their sources, and says so. Answers whether they are there. */
export async function buildPages(root: string): Promise<boolean> {
  const page = join(root, 'dist/web/index.html');
  const sources = ['web', 'src', 'package-lock.json'].map((name) => join(root, name));
  if (existsSync(page) && newest(page) >= newest(...sources)) return true;
  process.stderr.write('Building the pages …\n');
  const build = spawn('npm', ['run', '--silent', 'build:web'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const status = await new Promise<number | null>((resolve) => {
    build.once('error', () => resolve(null));
    build.once('close', resolve);
  });
  if (status === 0) return true;
  process.stderr.write('seawall: the pages could not be built; see the lines above.\n');
  return false;
}
