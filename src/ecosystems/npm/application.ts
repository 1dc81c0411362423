import { type Analysis, type AnalyzedFile, type Analyzer, nothing } from '../analyzer.ts';
import type { Package } from '../contract.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { parseManifest } from './manifest.ts';
import { isApplication } from './place.ts';

const file = 'package.json';

/**
 * Applications and other folders with a `package.json` where Node looks for no packages. What they are called is their
 * author's choice, so the registry's package of that name is another one, unless npm wrote down that it came from there.
 */
export const applications: Analyzer = {
  id: 'npm-application',
  version: 2,
  summary: 'Applications by their own package.json; listed, and not compared with advisories',
  places: [],
  wants: (path) => path === file || (path.endsWith(`/${file}`) && isApplication(path.slice(0, -file.length - 1))),
  analyze,
};

const evidence = { own: 'package.json of an application', fetched: 'package.json that names its registry' };

/** False for what only shares its name with a package of the registry. */
export function isOfRegistry({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  return foundBy.evidence !== evidence.own;
}

/** What is no whole manifest names nothing: templates and tests are full of such. */
function analyze({ path, content }: AnalyzedFile): Analysis {
  const manifest = parseManifest(textOf(content));
  if (typeof manifest === 'string' || manifest.name === undefined || manifest.version === undefined) return nothing;
  const { name, version, licenses, requires, isFetched } = manifest;
  const collector = packageCollector(applications.id, path);
  const foundBy = { analyzer: applications.id, evidence: isFetched ? evidence.fetched : evidence.own };
  collector.add({ type: 'npm', name, version, licenses, requires, path, foundBy });
  return collector.analysis();
}
