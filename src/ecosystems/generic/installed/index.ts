import { type Analysis, type AnalyzedFile, type Analyzer } from '../../analyzer.ts';
import { packageCollector, textOf } from '../../package-collector.ts';
import { java } from './java.ts';
import { jboss, wildfly } from './jboss.ts';
import type { InstalledKind } from './kind.ts';
import { oracle } from './oracle.ts';
import { weblogic } from './weblogic.ts';
import { liberty, websphere } from './websphere.ts';

/** Products that an installer or an archive brought, by the files in which they state themselves. */
export const installedProducts: Analyzer = {
  id: 'installed-products',
  version: 1,
  summary: 'JDKs, WebLogic, WebSphere, Liberty, JBoss, WildFly and what Oracle’s installer brought, by their own files',
  places: [],
  wants: (path, size) => size <= largest && kindAt(path) !== undefined,
  analyze,
};

const kinds: readonly InstalledKind[] = [java, weblogic, liberty, websphere, jboss, wildfly, oracle];
const byName: ReadonlyMap<string, InstalledKind> = new Map(
  kinds.flatMap((kind) => kind.names.map((name) => [name, kind])),
);
/** Inventories of the largest Oracle homes have some 2 MB. */
const largest = 16 * 1024 ** 2;

/** The name comes first: paths are asked about by the hundred thousand. */
function kindAt(path: string): InstalledKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const kind = byName.get(name) ?? byName.get(`*${name.slice(name.lastIndexOf('.'))}`);
  return kind?.place.test(path) === true ? kind : undefined;
}

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(installedProducts.id, path);
  const kind = kindAt(path);
  const found = kind?.read(textOf(content)) ?? [];
  if (typeof found === 'string')
    collector.fault('corrupt-package-database', `This list of what is installed is not read: ${found}.`);
  else
    for (const one of found) {
      const foundBy = { analyzer: installedProducts.id, evidence: kind?.evidence ?? '' };
      collector.add({ type: 'generic', ...one, path, foundBy });
    }
  return collector.analysis();
}
