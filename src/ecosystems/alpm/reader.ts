import type { Analysis, AnalyzedFile, Analyzer } from '../analyzer.ts';
import { packageCollector, textOf } from '../package-collector.ts';
import { parseLocal } from './parse.ts';

const local = 'var/lib/pacman/local/';
const entry = /^var\/lib\/pacman\/local\/([^/]+)-[^/-]+-[^/-]+\/(desc|files)$/;

/** Packages of pacman: a folder for each below `local`, with what it is in `desc` and what it owns in `files`. */
export const pacman: Analyzer = {
  id: 'pacman',
  version: 1,
  summary: 'Packages of Arch Linux and its kin (pacman)',
  places: [{ place: 'var/lib/pacman/local', probe: '/x-1-1/desc' }],
  wants: (path) => path.startsWith(local) && entry.test(path),
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  const collector = packageCollector('pacman', file.path);
  const text = textOf(file.content);
  const { fields, stray } = parseLocal(text);
  for (const line of stray) collector.fault('corrupt-package-database', `Not a field: ${line.slice(0, 80)}`);
  const [, folder = '', kind] = entry.exec(file.path) ?? [];
  if (text !== '' && !text.endsWith('\n'))
    collector.fault('corrupt-package-database', 'The entry of a package ends in the middle of a line.');
  if (kind === 'files') {
    const files = collector.files((fields.get('FILES') ?? []).filter((path) => !path.endsWith('/')));
    return { ...collector.analysis(), owns: { package: folder, files } };
  }
  const first = (name: string): string | undefined => fields.get(name)?.[0];
  const [name, version] = [first('NAME'), first('VERSION')];
  if (name === undefined || version === undefined) {
    collector.fault('corrupt-package-database', `The entry names no package or no version: ${folder}`);
    return collector.analysis();
  }
  collector.add({
    type: 'alpm',
    name,
    version,
    architecture: first('ARCH'),
    source: { name: first('BASE') ?? name, version },
    vendor: first('PACKAGER'),
    licenses: fields.get('LICENSE') ?? [],
    path: file.path,
    foundBy: { analyzer: 'pacman', evidence: 'desc' },
  });
  return collector.analysis();
}
