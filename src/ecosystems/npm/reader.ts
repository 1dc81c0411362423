import { type Analysis, type AnalyzedFile, type Analyzer, nothing } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { parseManifest } from './manifest.ts';
import { placeOf } from './place.ts';

const suffix = '/package.json';

/** Installed npm packages, known by the `package.json` at the place where Node looks for packages. */
export const npm: Analyzer = {
  id: 'npm',
  version: 3,
  summary: 'Packages of npm, as installed in node_modules',
  below: [suffix, `/x${suffix}`, `/@x/x${suffix}`],
  places: [],
  wants: (path) => path.endsWith(suffix) && placeOf(path.slice(0, -suffix.length)) !== undefined,
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  const place = placeOf(file.path.slice(0, -suffix.length));
  if (place === undefined) return nothing;
  const collector = packageCollector('npm', file.path);
  const manifest = parseManifest(textOf(file.content));
  if (typeof manifest === 'string') {
    // Packages carry broken manifests among their tests; only one that stands for an installed package hides something.
    if (place.kind === 'installed')
      collector.fault('corrupt-package', `The package.json of ${place.name} is not read: ${manifest}.`);
    return collector.analysis();
  }
  const { name = place.name, version, licenses, requires } = manifest;
  if (version !== undefined) {
    const evidence = name === place.name ? 'package.json' : 'package.json (installed under another name)';
    const foundBy = { analyzer: 'npm', evidence };
    collector.add({ type: 'npm', name, version, licenses, requires, path: file.path, foundBy });
  } else if (place.kind === 'installed' && manifest.name !== undefined) {
    collector.fault('unknown-version', `Package ${name} tells no version.`);
  }
  return collector.analysis();
}
