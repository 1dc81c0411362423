import { type Analysis, type Analyzer, nothing } from '../analyzer.ts';
import { packageCollector } from '../package-collector.ts';
import type { Program } from '../program.ts';
import { type KnownProgram, knownPrograms } from './known.ts';

/** Programs that state themselves by a text of their own: `known.ts` lists them. */
export const programs: Analyzer = {
  id: 'programs',
  version: 2,
  summary: `${[...new Set(knownPrograms.map(({ name }) => name))].join(', ')}, by a text in the program`,
  places: [],
  wants: () => false,
  analyze: () => nothing,
  program,
  seeks,
};

const interpreterSegment = 3;

function program(file: Program): Analysis | undefined {
  const name = nameOf(file.path);
  for (const one of knownPrograms.filter((row) => isCalledSo(row, name, file))) {
    const version = versionIn(file, one, name);
    if (version === undefined) continue;
    const collector = packageCollector(programs.id, file.path);
    const foundBy = { analyzer: programs.id, evidence: 'banner' };
    collector.add({ type: 'generic', name: one.name, version, path: file.path, foundBy });
    return collector.analysis();
  }
  return undefined;
}

/** Of names that any static program may have, all is at hand: it is small. */
function seeks(path: string): readonly string[] {
  const name = nameOf(path);
  return knownPrograms.filter(({ file }) => file.test(name)).map((one) => bannerOf(one, name));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isCalledSo({ file, anyNameUpTo = 0 }: KnownProgram, name: string, { size, layout }: Program): boolean {
  if (file.test(name)) return true;
  return size <= anyNameUpTo && layout.segments.every(({ type }) => type !== interpreterSegment);
}

function bannerOf({ file, banner }: KnownProgram, name: string): string {
  return banner.replace('$1', file.exec(name)?.[1] ?? '');
}

function versionIn(file: Program, one: KnownProgram, name: string): string | undefined {
  const banner = bannerOf(one, name);
  for (const { before, from } of file.around(banner)) {
    const [found, ...parts] = one.stated.exec(one.isBefore === true ? before + banner : from) ?? [];
    if (found !== undefined) return parts.join('.');
  }
  return undefined;
}
