import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileNeeds } from './file-needs.ts';
import { type NeedName, needs } from './needs.ts';

/** Test files that are left out on this machine, and why. */
export interface LeftOut {
  readonly file: string;
  /** Those that are not met; a file may have others too. */
  readonly unmet: readonly NeedName[];
}

const root = join(import.meta.dirname, '..');

/** Every test file whose needs this machine does not meet. */
export function leftOutHere(): readonly LeftOut[] {
  const unmet = new Set((Object.keys(needs) as NeedName[]).filter((name) => !needs[name].isMet()));
  const found = new Map<string, Set<NeedName>>();
  for (const { files, needs: named } of fileNeeds) {
    const lacking = named.filter((name) => unmet.has(name));
    if (lacking.length === 0) continue;
    for (const file of matching(files)) found.set(file, new Set([...(found.get(file) ?? []), ...lacking]));
  }
  return [...found].map(([file, lacking]) => ({ file, unmet: [...lacking] }));
}

/** What a person reads at the end of a run about the files that were left out, grouped by need; empty if none was. */
export function leftOutText(leftOut: readonly LeftOut[]): string {
  if (leftOut.length === 0) return '';
  const groups = Map.groupBy(leftOut, ({ unmet }) => unmet.toSorted().join(' and '));
  const lines = [...groups].flatMap(([names, files]) => [
    `  for ${names} (${names
      .split(' and ')
      .map((name) => needs[name as NeedName].summary)
      .join('; ')}):`,
    ...files.map(({ file }) => `    ${file}`),
  ]);
  return [
    `\n${leftOut.length} test files were left out, because this machine lacks what they need:`,
    ...lines,
    'npm run test:all installs what is missing and leaves nothing out.\n',
  ].join('\n');
}

const found = new Map<string, readonly string[]>();

function matching(pattern: string): readonly string[] {
  const known = found.get(pattern) ?? globSync(pattern, { cwd: root }).sort();
  found.set(pattern, known);
  return known;
}
