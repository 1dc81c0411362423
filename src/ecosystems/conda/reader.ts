import { parseJsonWithin } from '#base/index.ts';
import type { Analysis, AnalyzedFile, Analyzer } from '../analyzer.ts';
import { asFields, textIn, textsIn } from '../fields.ts';
import { packageCollector, textOf } from '../package-collector.ts';

/** Packages of a Conda environment: `conda-meta/NAME-VERSION-BUILD.json` in its folder, the base environment's too. */
export const conda: Analyzer = {
  id: 'conda',
  version: 1,
  summary: 'Packages of Conda, as installed in an environment',
  below: ['/x.json', '/conda-meta/x.json'],
  places: [],
  wants: (path) => path.endsWith('.json') && /(?:^|\/)conda-meta\/[^/]+\.json$/.test(path),
  analyze,
};

/** The largest packages have some 20,000 files, each of ten values. */
const limits = { bytes: 64 * 1024 ** 2, tokens: 4_000_000, depth: 100 };

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(conda.id, path);
  const read = parseJsonWithin(textOf(content), limits);
  const record = read.kind === 'read' ? asFields(read.value) : undefined;
  const { name, version } = record ?? {};
  const license = textIn(record, 'license');
  if (typeof name !== 'string' || typeof version !== 'string') {
    const why = read.kind === 'read' ? 'it names no package with a version' : read.why;
    collector.fault('corrupt-package', `This record of a Conda package is not read: ${why}.`);
    return collector.analysis();
  }
  const environment = path.slice(0, path.lastIndexOf('conda-meta/'));
  collector.add({
    type: 'conda',
    name,
    version,
    path,
    licenses: license === undefined ? [] : [license],
    requires: (textsIn(record, 'depends') ?? []).flatMap(requiredName),
    // Python makes compiled files anew whenever it likes.
    files: (textsIn(record, 'files') ?? []).flatMap((file) => (file.endsWith('.pyc') ? [] : [`${environment}${file}`])),
    foundBy: { analyzer: conda.id, evidence: 'conda-meta' },
  });
  return collector.analysis();
}

/** `python >=3.9,<3.10.0a0` requires `python`; `__glibc` and its like are properties of the machine. */
function requiredName(requirement: string): readonly string[] {
  const name = /^[A-Za-z0-9_][A-Za-z0-9._-]*/.exec(requirement)?.[0];
  return name === undefined || name.startsWith('__') ? [] : [name];
}
