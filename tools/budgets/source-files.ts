import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A source file, by its path from the root of the repository. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const folders = ['src', 'web', 'native', 'test', 'tools', 'bench'];
const passedOver = new Set(['node_modules', 'build', 'dist', 'results', 'corpus', '.cache']);

/** Every TypeScript, CSS and C file that is written by hand. */
export function sourceFiles(root: string): readonly SourceFile[] {
  return folders
    .flatMap((folder) => walk(root, folder))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function walk(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : walk(root, path);
    return /\.(?:ts|tsx|css|c|h)$/.test(entry.name) ? [path] : [];
  });
}
