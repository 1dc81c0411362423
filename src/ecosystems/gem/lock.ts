import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import type { Package } from '../contract.ts';
import { type PackageCollector, packageCollector, textOf } from '../package-collector.ts';

/**
 * `Gemfile.lock` and `gems.locked` of Bundler (https://bundler.io/man/gemfile.5.html). Gems of one version for several
 * platforms count once. To which group a gem belongs is not written there, so those of tests and development are listed too.
 */
export const gemLock: Analyzer = {
  id: 'gem-lock',
  version: 1,
  of: 'sources',
  summary: 'Ruby gems, as listed in Gemfile.lock and gems.locked',
  places: [],
  wants: (path) => /(?:^|\/)(?:Gemfile\.lock|gems\.locked)$/.test(path) && !insideOfGem.test(path),
  analyze,
};

/** Gems bring the lock files of their authors along. */
const insideOfGem = /(?:^|\/)ruby\/[^/]+\/(?:bundler\/)?gems\//;

const evidence = { GEM: 'lock file', GIT: 'lock file (from a repository)', PATH: 'lock file (from a folder)' } as const;
type Source = keyof typeof evidence;

/** A gem of a repository or folder is what its author made of it: the registry's of that name may be another. */
export function isOfRegistry({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  return foundBy.evidence !== evidence.GIT && foundBy.evidence !== evidence.PATH;
}

interface Target {
  readonly collector: PackageCollector;
  readonly path: string;
  readonly seen: Set<string>;
}

function analyze({ path, content }: AnalyzedFile): Analysis {
  const target: Target = { collector: packageCollector(gemLock.id, path), path, seen: new Set() };
  const problem = read(textOf(content), target);
  if (problem !== undefined)
    target.collector.fault('corrupt-package-database', `This lock file is not read in full: ${problem}.`);
  return target.collector.analysis();
}

/** Reads line by line. The section of what the project itself wants follows the gems, so a file without it is cut off. */
function read(text: string, target: Target): string | undefined {
  let source: Source | undefined;
  let isWhole = false;
  let problem: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^[<=>]{7}/.test(line)) return 'it holds marks of a merge that was not finished';
    if (/^\S/.test(line)) {
      isWhole ||= line === 'DEPENDENCIES';
      source = isSource(line) ? line : undefined;
    } else if (source !== undefined && /^ {4}\S/.test(line)) {
      const problemOfLine = addGem(line, source, target);
      problem ??= problemOfLine;
    }
  }
  return problem ?? (isWhole ? undefined : 'it ends before the section DEPENDENCIES');
}

function isSource(line: string): line is Source {
  return Object.hasOwn(evidence, line);
}

/** `    nokogiri (1.13.1-x86_64-linux)`: a version of a gem has no hyphen, what follows one is the platform. */
function addGem(line: string, source: Source, { collector, path, seen }: Target): string | undefined {
  const [, name, version] = /^ {4}([\w.-]{1,256}) \(([\w.]{1,256})(?:-[\w.-]{1,256})?\)$/.exec(line) ?? [];
  if (name === undefined || version === undefined)
    return `its line ${JSON.stringify(line.trim().slice(0, 100))} is no gem`;
  const key = `${name} ${version}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  collector.add({ type: 'gem', name, version, path, foundBy: { analyzer: gemLock.id, evidence: evidence[source] } });
  return undefined;
}
