import type { Analysis, AnalyzedFile, Analyzer, FileSum } from '../analyzer.ts';
import { type PackageCollector, packageCollector, type PackageDraft, textOf } from '../package-collector.ts';
import { type DatabaseFormat, formatOf, readDatabase } from './database.ts';
import { type Header, parseHeader, tags } from './header.ts';
import { parseManifestLine } from './manifest.ts';

const folders = ['var/lib/rpm/', 'usr/lib/sysimage/rpm/', 'usr/share/rpm/'];
const databases: Readonly<Record<string, DatabaseFormat>> = {
  Packages: 'berkeley',
  'Packages.db': 'ndb',
  'rpmdb.sqlite': 'sqlite',
};
const writeAheadLog = 'rpmdb.sqlite-wal';
const packageList = 'var/lib/rpmmanifest/container-manifest-2';

/** Packages of Red Hat, SUSE and their kin, in each of rpm's three database formats, and the list of Azure Linux's images without one. */
export const rpm: Analyzer = {
  id: 'rpm',
  version: 1,
  summary: 'Packages of Red Hat, SUSE and their kin',
  places: folders.map((folder) => ({ place: folder.slice(0, -1), probe: '/rpmdb.sqlite' })),
  wants: (path, size) => path === packageList || (path.includes('/rpm/') && wantsDatabase(path, size)),
  analyze,
};

function wantsDatabase(path: string, size: number): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!folders.includes(path.slice(0, path.length - name.length))) return false;
  return name in databases || (name === writeAheadLog && size > 0);
}

function analyze(file: AnalyzedFile): Analysis {
  const collector = packageCollector('rpm', file.path);
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  if (file.path === packageList) addListed(collector, file);
  else if (name === writeAheadLog) {
    collector.fault(
      'corrupt-package-database',
      'The package database was not closed; its last changes are in this log.',
    );
  } else addInstalled(collector, file, databases[name]);
  return collector.analysis();
}

function addInstalled(collector: PackageCollector, file: AnalyzedFile, expected: DatabaseFormat | undefined): void {
  const content = Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength);
  const format = formatOf(content);
  if (format === undefined || format !== expected) {
    return collector.fault('corrupt-package-database', 'The package database is not what its name says.');
  }
  const { headers, problems } = readDatabase(content, format);
  for (const problem of problems) collector.fault('corrupt-package-database', problem);
  for (const bytes of headers) {
    const draft = draftOf(parseHeader(bytes), file.path, format);
    if (draft === undefined) collector.fault('corrupt-package-database', 'The header of a package is damaged.');
    // Keys of repositories are kept among the packages.
    else if (draft.name !== 'gpg-pubkey') collector.add(draft);
  }
}

function draftOf(header: Header | undefined, path: string, format: DatabaseFormat): PackageDraft | undefined {
  const name = header?.text(tags.name);
  const version = header?.text(tags.version);
  const release = header?.text(tags.release);
  if (header === undefined || name === undefined || version === undefined || release === undefined) return undefined;
  const license = header.text(tags.license);
  const source = sourceOf(header.text(tags.sourceRpm));
  return {
    type: 'rpm',
    name,
    version: withEpoch(header.numbers(tags.epoch)[0], `${version}-${release}`),
    architecture: header.text(tags.architecture),
    ...(source && { source }),
    module: header.text(tags.modularityLabel),
    vendor: header.text(tags.vendor),
    licenses: license ? [license] : [],
    ...filesOf(header),
    path,
    foundBy: { analyzer: 'rpm', evidence: format },
  };
}

/** Flags and modes of `rpmfiles.h` and `stat(2)`. */
const flagsOfFiles = { settings: 0x1, ghost: 0x40, verifiesDigest: 0x1 } as const;
const kinds = { mask: 0xf000, folder: 0x4000, regular: 0x8000 } as const;
const digest = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Files that are there: of state normal (`rpmfi.h`), no ghosts, no folders; and the hashes of those that nobody is to change:
 * no settings, none of which rpm itself does not verify the content.
 */
function filesOf(header: Header): Required<Pick<PackageDraft, 'files' | 'sums'>> {
  const folderNames = header.texts(tags.directoryNames);
  const indexes = header.numbers(tags.directoryIndexes);
  const states = header.numbers(tags.fileStates);
  const flags = header.numbers(tags.fileFlags);
  const modes = header.numbers(tags.fileModes);
  const digests = header.texts(tags.fileDigests);
  const verified = header.numbers(tags.fileVerifyFlags);
  const sums: FileSum[] = [];
  const files = header.texts(tags.baseNames).flatMap((name, at) => {
    const [flag, kind] = [flags[at] ?? 0, (modes[at] ?? 0) & kinds.mask];
    if ((flag & flagsOfFiles.ghost) !== 0 || kind === kinds.folder || (states[at] ?? 0) !== 0) return [];
    const path = `${folderNames[indexes[at] ?? -1] ?? ''}${name}`.replace(/^\/+/, '');
    const isFixed = (flag & flagsOfFiles.settings) === 0 && ((verified[at] ?? 1) & flagsOfFiles.verifiesDigest) !== 0;
    const sum = digests[at] ?? '';
    if (kind === kinds.regular && isFixed && digest.test(sum)) sums.push([path, sum]);
    return [path];
  });
  return { files, sums };
}

function addListed(collector: PackageCollector, file: AnalyzedFile): void {
  const lines = textOf(file.content)
    .split('\n')
    .filter((line) => line !== '');
  for (const line of lines) {
    const listed = parseManifestLine(line);
    if (listed === undefined) {
      collector.fault('corrupt-package-database', `Not a package: ${line.slice(0, 80)}`);
      continue;
    }
    const source = sourceOf(listed.sourceRpm);
    collector.add({
      type: 'rpm',
      name: listed.name,
      version: withEpoch(listed.epoch, listed.version),
      architecture: listed.architecture,
      ...(source && { source }),
      vendor: listed.vendor,
      path: file.path,
      foundBy: { analyzer: 'rpm', evidence: 'container-manifest-2' },
    });
  }
}

/** `bash-5.1.8-9.el9.src.rpm` → name and version with release; the file name carries no epoch. */
function sourceOf(file: string | undefined): { readonly name: string; readonly version: string } | undefined {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file?.slice(0, 1024) ?? '');
  return match?.[1] === undefined || match[2] === undefined ? undefined : { name: match[1], version: match[2] };
}

function withEpoch(epoch: number | undefined, version: string): string {
  return epoch === undefined || epoch === 0 ? version : `${epoch}:${version}`;
}
