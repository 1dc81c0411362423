import { type Analysis, type AnalyzedFile, type Analyzer, nothing } from '../analyzer.ts';
import { type PackageCollector, packageCollector, textOf } from '../package-collector.ts';
import { parseFileList, parseMd5sums, parseSource, parseStanzas, type Stanza, withoutZeroEpoch } from './parse.ts';

const database = 'var/lib/dpkg/';
const parts = `${database}status.d/`;
const lists = `${database}info/`;

/** Packages of Debian and its kin: `status`, the single stanzas of distroless images, and who owns which file. */
export const dpkg: Analyzer = {
  id: 'dpkg',
  version: 2,
  summary: 'Packages of Debian, Ubuntu and their kin',
  places: [{ place: 'var/lib/dpkg', probe: '/status' }],
  wants: (path) =>
    path.startsWith(database) &&
    (path === `${database}status` || path.startsWith(parts) || (path.startsWith(lists) && path.endsWith('.list'))),
  analyze,
};

function analyze(file: AnalyzedFile): Analysis {
  if (file.path.startsWith(lists)) return owned(file.path.slice(lists.length, -'.list'.length), parseFileList, file);
  if (file.path.endsWith('.md5sums'))
    return owned(file.path.slice(parts.length, -'.md5sums'.length), parseMd5sums, file);
  return isBesides(file) ? nothing : installed(file);
}

/** Endings of what else a package brings to dpkg's folders (deb-control(5), dpkg(1)); builders copy it to `status.d` too. */
const besides = new Set([
  'conffiles',
  'config',
  'list',
  'postinst',
  'postrm',
  'preinst',
  'prerm',
  'shlibs',
  'symbols',
  'templates',
  'triggers',
]);

/** By its ending, unless it is a package after all. */
function isBesides({ path, content }: AnalyzedFile): boolean {
  if (!path.startsWith(parts) || !besides.has(path.slice(path.lastIndexOf('.') + 1))) return false;
  return !/^Package:/im.test(textOf(content));
}

/** File names are `curl.list`, or `libc6:amd64.list` where several architectures may be installed side by side. */
function owned(owner: string, parse: (text: string) => readonly string[], file: AnalyzedFile): Analysis {
  const [name = '', architecture] = owner.split(':');
  const collector = packageCollector('dpkg', file.path);
  const files = collector.files(parse(textOf(file.content)));
  const owns = { package: name, ...(architecture !== undefined && { architecture }), files };
  return { ...collector.analysis(), owns };
}

function installed(file: AnalyzedFile): Analysis {
  const collector = packageCollector('dpkg', file.path);
  const text = textOf(file.content);
  const { stanzas, problems } = parseStanzas(text);
  for (const problem of problems) collector.fault('corrupt-package-database', problem);
  if (isCut(text, stanzas.at(-1), file.path)) {
    collector.fault('corrupt-package-database', 'The package database ends in the middle of an entry.');
  }
  for (const stanza of stanzas) addPackage(collector, stanza, file.path);
  return collector.analysis();
}

function addPackage(collector: PackageCollector, stanza: Stanza, path: string): void {
  const name = stanza.get('package') ?? '';
  const version = withoutZeroEpoch(stanza.get('version') ?? '');
  const state = stateOf(stanza);
  if (state === 'not-installed' || state === 'config-files') return;
  if (name === '' || version === '') {
    collector.fault(
      'corrupt-package-database',
      `An entry names no package or no version: ${name || version || '(empty)'}`,
    );
    return;
  }
  collector.add({
    type: 'deb',
    name,
    version,
    architecture: stanza.get('architecture'),
    source: parseSource(stanza.get('source'), { name, version }),
    vendor: stanza.get('maintainer'),
    path,
    foundBy: { analyzer: 'dpkg', evidence: path.startsWith(parts) ? 'status.d' : 'status' },
  });
}

/**
 * The third word of `Status`. Only `not-installed` and `config-files` leave nothing that runs (dpkg(1), package states).
 * The first word is what the administrator wants next, and says nothing of what is there.
 */
function stateOf(stanza: Stanza): string {
  return stanza.get('status')?.split(/\s+/)[2] ?? 'installed';
}

/**
 * dpkg closes every entry with a blank line. The single stanzas of `status.d` are copies of control files that need
 * none; there only an unended line of a field that we read shows a cut.
 */
function isCut(text: string, last: Stanza | undefined, path: string): boolean {
  if (last === undefined || text.endsWith('\n\n')) return false;
  if (!path.startsWith(parts)) return true;
  return /^(?:Package|Status|Version|Source|Architecture):/i.test(text.slice(text.lastIndexOf('\n') + 1));
}
