import type { SourceFile } from './source-files.ts';

const mostLines = 400;
const mostLinesOfFunction = 60;
const mostFolders = 5;

/** Files of CSS and C that are too long. Those of TypeScript are oxlint's (`max-lines`). */
export function longFiles(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => /\.(?:css|c|h)$/.test(path))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > mostLines)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${mostLines}`);
}

/** Functions of C that are too long, from their name to their end, both at the left edge as clang-format has them. */
export function longFunctions(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => /\.[ch]$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^[a-zA-Z_][^;{}=]*\)\n\{\n[\s\S]*?^\}/gm)].map((match) => ({
        path,
        name: /(\w+)\(/.exec(match[0])?.[1] ?? '',
        lines: match[0].split('\n').length,
      })),
    )
    .filter(({ lines }) => lines > mostLinesOfFunction)
    .map(({ path, name, lines }) => `${path}: ${name} has ${lines} lines, at most ${mostLinesOfFunction}`);
}

export function deepFolders(files: readonly SourceFile[]): readonly string[] {
  return files
    .map(({ path }) => ({ path, folders: path.split('/').length - 1 }))
    .filter(({ folders }) => folders > mostFolders)
    .map(({ path, folders }) => `${path}: lies ${folders} folders deep, at most ${mostFolders}`);
}
