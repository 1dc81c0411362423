import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { parseGoMod } from './go-mod.ts';
import { parseVendored } from './vendored.ts';

/**
 * Modules that a build takes, by `go.mod` and `vendor/modules.txt`. The project's own module has no version there and is
 * left out. Go itself looks into no `testdata`.
 */
export const goSources: Analyzer = {
  id: 'golang-sources',
  version: 1,
  of: 'sources',
  summary: 'Go modules and the standard library, as listed in go.mod and vendor/modules.txt',
  places: [],
  wants: (path) =>
    /(?:^|\/)(?:go\.mod|vendor\/modules\.txt)$/.test(path) &&
    !/(?:^|\/)(?:testdata|pkg\/mod|vendor\/(?!modules\.txt$))/.test(path),
  analyze,
};

const inGoMod = { analyzer: goSources.id, evidence: 'go.mod' };
const inVendor = { analyzer: goSources.id, evidence: 'vendor/modules.txt' };

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(goSources.id, path);
  const text = textOf(content);
  if (path.endsWith('.txt')) {
    const modules = parseVendored(text);
    for (const { name, version } of modules) collector.add({ type: 'golang', name, version, path, foundBy: inVendor });
    if (modules.length === 0 && text.trim() !== '' && !text.startsWith('#'))
      collector.fault('corrupt-package-database', 'This list of vendored modules is not read: it names no modules.');
    return collector.analysis();
  }
  const file = parseGoMod(text);
  if (typeof file === 'string') {
    collector.fault('corrupt-package-database', `This go.mod is not read: ${file}.`);
    return collector.analysis();
  }
  const { modules, library, isComplete } = file;
  const all = library === undefined ? modules : [...modules, { name: 'stdlib', version: library }];
  for (const { name, version } of all) collector.add({ type: 'golang', name, version, path, foundBy: inGoMod });
  if (!isComplete)
    collector.fault(
      'unidentified-package',
      'This go.mod is of Go 1.16 or before and does not list what its modules require in turn: run go mod tidy -go=1.17, or scan what is built of it.',
    );
  return collector.analysis();
}
