import { parseJsonWithin } from '#base/index.ts';
import { type Analysis, type AnalyzedFile, type Analyzer } from '../analyzer.ts';
import { asFields, textIn } from '../fields.ts';
import { packageCollector, textOf } from '../package-collector.ts';

/** `Package.resolved` of Swift's package manager in the versions 1 to 3. What is taken from a branch has no version. */
export const swift: Analyzer = {
  id: 'swift-lock',
  version: 1,
  of: 'sources',
  summary: 'Packages of Swift, as listed in Package.resolved',
  places: [],
  wants: (path) => /(?:^|\/)Package\.resolved$/.test(path) && !/(?:^|\/)\.build\//.test(path),
  analyze,
};

const limits = { bytes: 16 * 1024 ** 2, tokens: 500_000, depth: 100 };

function analyze({ path, content }: AnalyzedFile): Analysis {
  const collector = packageCollector(swift.id, path);
  const read = parseJsonWithin(textOf(content), limits);
  const file = read.kind === 'read' ? asFields(read.value) : undefined;
  const pins = file?.['pins'] ?? asFields(file?.['object'])?.['pins'];
  if (!Array.isArray(pins)) {
    const why = read.kind === 'read' ? 'it lists no packages' : read.why;
    collector.fault('corrupt-package-database', `This lock file is not read: ${why}.`);
    return collector.analysis();
  }
  for (const each of pins as readonly unknown[]) {
    const pin = asFields(each);
    const name = nameOf(textIn(pin, 'location') ?? textIn(pin, 'repositoryURL')) ?? textIn(pin, 'identity') ?? '';
    const version = textIn(asFields(pin?.['state']), 'version');
    collector.add({ type: 'swift', name, version, path, foundBy: { analyzer: swift.id, evidence: 'lock file' } });
  }
  return collector.analysis();
}

/** `https://github.com/apple/swift-nio.git` and `git@github.com:apple/swift-nio` are `github.com/apple/swift-nio`. */
export function nameOf(location: string | undefined): string | undefined {
  const place = /^(?:https?:\/\/|ssh:\/\/)?(?:[\w.-]{1,64}@)?([\w.-]{1,256})[:/](.{1,512})$/.exec(location ?? '');
  const [, host, folder = ''] = place ?? [];
  return host === undefined ? location : `${host.toLowerCase()}/${folder.replace(/\.git$/, '').replace(/\/$/, '')}`;
}
