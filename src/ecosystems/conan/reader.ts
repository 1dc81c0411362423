import { parseJsonWithin } from '#base/index.ts';
import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { asFields, type Fields, listIn, textIn } from '../fields.ts';
import { packageCollector, textOf } from '../package-collector.ts';

/**
 * `conan.lock` of Conan 2 (https://docs.conan.io/2/tutorial/versioning/lockfiles.html) and of Conan 1, which writes a graph.
 * Tools that only the build needs are left out, as far as the file tells.
 */
export const conan: Analyzer = {
  id: 'conan-lock',
  version: 1,
  of: 'sources',
  summary: 'Packages of Conan, as listed in conan.lock',
  places: [],
  wants: (path) => /(?:^|\/)conan\.lock$/.test(path),
  analyze,
};

/** The largest that are published have some 200 KB, most of them options. */
const limits = { bytes: 16 * 1024 ** 2, tokens: 500_000, depth: 100 };

/** `zlib/1.3.1#revision%time`; of Conan 1 `boost/1.67.0@conan/stable#revision:package#revision` as well. */
const form = /^([^/@#]{1,256})\/([^/@#:]{1,256})(?:@([^#:]{1,100}))?/;

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(conan.id, path);
  const read = parseJsonWithin(textOf(content), limits);
  const file = read.kind === 'read' ? asFields(read.value) : undefined;
  const references = file === undefined ? undefined : referencesIn(file);
  if (references === undefined) {
    const why = read.kind === 'read' ? 'it lists no packages' : read.why;
    collector.fault('corrupt-package-database', `This lock file is not read: ${why}.`);
    return collector.analysis();
  }
  for (const reference of references) {
    const [, name = '', version, owner] = form.exec(reference) ?? [];
    const evidence = owner === undefined ? 'lock file' : `lock file (of ${owner})`;
    collector.add({ type: 'conan', name, version, path, foundBy: { analyzer: conan.id, evidence } });
  }
  return collector.analysis();
}

/** What is no reference stays an empty text, which names no package and is told. */
function referencesIn(file: Fields): readonly string[] | undefined {
  if (Array.isArray(file['requires']))
    return listIn(file, 'requires').map((one) => (typeof one === 'string' ? one : ''));
  const nodes = asFields(asFields(file['graph_lock'])?.['nodes']);
  if (nodes === undefined) return undefined;
  return Object.values(nodes).flatMap((value) => {
    const node = asFields(value);
    if (node === undefined) return [''];
    const reference = textIn(node, 'ref') ?? textIn(node, 'pref');
    // A node with a path is the project itself.
    const isLeftOut = reference === undefined || node['path'] !== undefined || node['context'] === 'build';
    return isLeftOut ? [] : [reference];
  });
}
