import { type Analysis, type Analyzer, nothing } from '../analyzer.ts';
import { packageCollector } from '../package-collector.ts';
import type { Program } from '../program.ts';
import { readBuildInfo } from './build-info.ts';
import { libraryVersion, parseModules } from './modules.ts';

/** Modules of programs that Go built, known by the build information that its linker writes. */
export const golang: Analyzer = {
  id: 'golang',
  version: 2,
  summary: 'Go modules and the standard library in programs built by Go',
  places: [],
  wants: () => false,
  analyze: () => nothing,
  program,
};

const foundBy = { analyzer: 'golang', evidence: 'build information' };

function program(file: Program): Analysis | 'not-at-hand' | undefined {
  const info = readBuildInfo(file);
  if (info === undefined || info === 'not-at-hand') return info;
  const collector = packageCollector('golang', file.path);
  if (info === 'damaged') {
    collector.fault('corrupt-package', 'Go built this program, and its build information is damaged.');
    return collector.analysis();
  }
  const { main, dependencies, path } = parseModules(info.modules);
  const goVersion = libraryVersion(info.toolchain);
  // Advisories of the toolchain concern whoever builds: where the command `go` itself is.
  const own = path === 'cmd/go' ? [{ name: 'toolchain', version: goVersion }] : [];
  for (const { name, version } of [
    { name: 'stdlib', version: goVersion },
    ...own,
    ...dependencies,
    ...(main === undefined ? [] : [main]),
  ])
    collector.add({ type: 'golang', name, version, path: file.path, foundBy });
  const isOwnCommand = path.startsWith('cmd/');
  if (main === undefined && dependencies.length === 0 && !isOwnCommand)
    collector.fault('unidentified-package', 'Go built this program, and nothing tells of which modules.');
  return collector.analysis();
}
