import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import type { Package } from '../contract.ts';
import { asFields, textIn } from '../fields.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { parseToml } from '../toml.ts';

/**
 * `Cargo.lock` in the versions 1 to 4 (https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html). What a crate is
 * needed for is not written there, so those of tests and builds are listed too. Lock files that crates bring along are not read.
 */
export const cargoLock: Analyzer = {
  id: 'cargo-lock',
  version: 1,
  of: 'sources',
  summary: 'Rust crates, as listed in Cargo.lock',
  places: [],
  wants: (path) => /(?:^|\/)Cargo\.lock$/.test(path) && !/(?:^|\/)(?:vendor|registry\/src)\//.test(path),
  analyze,
};

const evidence = {
  registry: 'lock file',
  repository: 'lock file (from a repository)',
  otherRegistry: 'lock file (from another registry)',
  folder: 'lock file (from a folder)',
} as const;
const others: ReadonlySet<string> = new Set([evidence.repository, evidence.otherRegistry, evidence.folder]);

/** Names of other sources are their authors' choice: the crate of that name on crates.io may be another. */
export function isOfCratesIo({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  return !others.has(foundBy.evidence);
}

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(cargoLock.id, path);
  const read = parseToml(textOf(content));
  const list = read.kind === 'read' ? (read.value['package'] ?? (read.value['version'] === undefined ? 0 : [])) : 0;
  if (!Array.isArray(list)) {
    const why = read.kind === 'read' ? 'it lists no packages' : read.why;
    collector.fault('corrupt-package-database', `This lock file is not read: ${why}.`);
    return collector.analysis();
  }
  for (const each of list as readonly unknown[]) {
    const one = asFields(each);
    const name = textIn(one, 'name') ?? '';
    const version = textIn(one, 'version');
    const foundBy = { analyzer: cargoLock.id, evidence: evidenceOf(textIn(one, 'source')) };
    collector.add({ type: 'cargo', name, version, path, foundBy });
  }
  return collector.analysis();
}

/** Both addresses of the index of crates.io; what has no source lies in a folder of the project. */
const cratesIo =
  /^(?:registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index|sparse\+https:\/\/index\.crates\.io\/?)$/;

function evidenceOf(source: string | undefined): string {
  if (source === undefined) return evidence.folder;
  if (cratesIo.test(source)) return evidence.registry;
  return source.startsWith('git+') ? evidence.repository : evidence.otherRegistry;
}
