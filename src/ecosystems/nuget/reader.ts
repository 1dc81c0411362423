import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { type PackageCollector, packageCollector, textOf } from '../package-collector.ts';
import type { Program } from '../program.ts';
import { dependenciesInBundle } from './bundle.ts';
import { readDependencies } from './dependencies.ts';

const suffix = '.deps.json';

/** Packages of programs of .NET: their `NAME.deps.json`, beside the program or appended to it. */
export const nuget: Analyzer = {
  id: 'nuget',
  version: 1,
  summary: 'NuGet packages of .NET programs, by NAME.deps.json beside or inside of the program',
  places: [],
  below: [`/x${suffix}`],
  wants: (path) => path.endsWith(suffix),
  analyze,
  program,
};

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(nuget.id, path);
  add(textOf(content), 'deps.json', { collector, path });
  return collector.analysis();
}

function program(file: Program): Analysis | 'not-at-hand' | undefined {
  const found = dependenciesInBundle(file);
  if (found === undefined || found === 'not-at-hand') return found;
  const collector = packageCollector(nuget.id, file.path);
  if (found === 'none')
    collector.fault('unidentified-package', 'This .NET program is a single file that lists no packages.');
  else if (found === 'damaged')
    collector.fault('corrupt-package', 'This .NET program is a single file, and what is appended to it is damaged.');
  else add(found.text, 'deps.json in a single file', { collector, path: file.path });
  return collector.analysis();
}

interface Target {
  readonly collector: PackageCollector;
  readonly path: string;
}

function add(text: string, evidence: string, { collector, path }: Target): void {
  const found = readDependencies(text);
  if (typeof found === 'string') {
    collector.fault('corrupt-package-database', `This list of NuGet packages is not read: ${found}.`);
    return;
  }
  for (const { name, version, requires } of found)
    collector.add({ type: 'nuget', name, version, requires, path, foundBy: { analyzer: nuget.id, evidence } });
}
