import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Copies the database of a console that is stopped. What it answers puts the copy in the place of what is there then. */
export function copyData(state: string): () => void {
  const [data, copy] = [join(state, 'postgres/data-18'), join(state, 'postgres/copy')];
  copyFolder(data, copy);
  return () => {
    rmSync(data, { recursive: true });
    copyFolder(copy, data);
  };
}

/** PostgreSQL reads only what belongs to it. */
function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  execFileSync('chown', ['-R', '--reference', from, to]);
  execFileSync('chmod', ['--reference', from, to]);
}
