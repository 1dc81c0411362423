import type { Analysis, AnalyzedFile, Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { readBunLock } from './bun-lock.ts';
import { readDenoLock } from './deno-lock.ts';
import { evidenceOf } from './evidence.ts';
import { listedIn, type LockFile, missingIn } from './lock-file.ts';
import { readPackageLock } from './package-lock.ts';
import { readPnpmLock } from './pnpm-lock.ts';
import { readYarnLock } from './yarn-lock.ts';

interface Format {
  readonly file: RegExp;
  /** Reads one; why not, where it is none. */
  read(text: string): LockFile | string | Promise<LockFile | string>;
}

const formats: readonly Format[] = [
  { file: /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/, read: readPackageLock },
  { file: /(?:^|\/)pnpm-lock\.yaml$/, read: readPnpmLock },
  { file: /(?:^|\/)yarn\.lock$/, read: readYarnLock },
  { file: /(?:^|\/)bun\.lock$/, read: readBunLock },
  { file: /(?:^|\/)deno\.lock$/, read: readDenoLock },
  {
    file: /(?:^|\/)bun\.lockb$/,
    read: () => 'its binary form is not; `bun install --save-text-lockfile` makes bun.lock of it',
  },
];

/** Lock files of the package managers of Node. Those of installed packages tell nothing of what is installed. */
export const lockFiles: Analyzer = {
  id: 'npm-lock',
  version: 1,
  of: 'sources',
  summary: 'Packages of npm, as listed in package-lock.json, pnpm-lock.yaml, yarn.lock, bun.lock and deno.lock',
  places: [],
  wants: (path) => formats.some(({ file }) => file.test(path)) && !/(?:^|\/)node_modules\//.test(path),
  analyze,
};

async function analyze({ path, content }: AnalyzedFile): Promise<Analysis> {
  const collector = packageCollector(lockFiles.id, path);
  const lock = await formats.find(({ file }) => file.test(path))?.read(textOf(content));
  if (lock === undefined || typeof lock === 'string') {
    collector.fault('corrupt-package-database', `This lock file is not read: ${lock ?? 'its kind is unknown'}.`);
    return collector.analysis();
  }
  for (const one of listedIn(lock)) {
    const { name, version, licenses = [], requires } = one;
    const foundBy = { analyzer: lockFiles.id, evidence: evidenceOf('lock file', one) };
    collector.add({ type: 'npm', name, version, licenses, requires, path, foundBy });
  }
  const missing = missingIn(lock);
  if (missing.length > 0)
    collector.fault(
      'corrupt-package-database',
      `Packages that others in this lock file need are missing from it: ${missing.length}, such as ${missing[0]}. It may be cut off: make it again with its package manager.`,
    );
  return collector.analysis();
}
