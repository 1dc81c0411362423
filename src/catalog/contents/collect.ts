import { createHash, hash as digestAtOnce, type Hash } from 'node:crypto';
import type { FileSink, LayerWatcher } from '#image/index.ts';
import { isCodeName, isElf } from '../code-file.ts';
import {
  type CertificateFile,
  holdsCertificates,
  type KnownCertificates,
  longestCertificateFile,
  readCertificates,
} from './certificates.ts';
import { ContentReading, type StartedFile } from './content-reading.ts';
import {
  type LayerContents,
  mostCertificateFiles,
  mostLinks,
  mostNoted,
  mostPrograms,
  mostSums,
  type NotedContent,
} from './layer-contents.ts';
import { minerNamed } from './miners.ts';

/** Gathers what the contents of files say while a layer is read. */
export interface ContentCollector {
  readonly watcher: LayerWatcher;
  result(): LayerContents;
}

/** Of which programs SHA-1 is taken: of those that apk may have installed, as far as is seen when they come, or of all. */
export type ProgramSums = 'of apk' | 'of all';

interface Collection {
  /** Whether the SHA-1 of each program is taken from here on. */
  areAllSummed: boolean;
  readonly noted: Map<string, NotedContent>;
  readonly links: Map<string, string>;
  readonly sums: Map<string, string>;
  readonly programs: Map<string, string>;
  readonly certificates: Map<string, CertificateFile | null>;
  readonly known: KnownCertificates;
  sumsLength: number;
  isCut: boolean;
}

export function createContentCollector(sums: ProgramSums = 'of apk'): ContentCollector {
  const collection: Collection = {
    areAllSummed: sums === 'of all',
    noted: new Map(),
    links: new Map(),
    sums: new Map(),
    programs: new Map(),
    certificates: new Map(),
    known: new Map(),
    sumsLength: 0,
    isCut: false,
  };
  return {
    watcher: watcherOf(collection),
    result: () => ({
      noted: [...collection.noted.values()],
      links: Object.fromEntries(collection.links),
      sums: Object.fromEntries(collection.sums),
      programs: Object.fromEntries(collection.programs),
      certificates: Object.fromEntries(collection.certificates),
      isCut: collection.isCut,
    }),
  };
}

/** What apk leaves in a layer where it was; layers are sorted by path, so that little of its own comes before. */
const signOfApk = /^(?:etc|lib|usr\/lib|var\/lib|var\/cache)\/apk(?:\/|$)/;
/** Of the folders in which apk installs programs, the one that may come before any sign of it. */
const beforeSigns = 'bin/';

const sumsOfDpkg = /^var\/lib\/dpkg\/(?:diversions$|(?:info|status\.d)\/[^/]+\.md5sums$)/;

function watcherOf(collection: Collection): LayerWatcher {
  const { noted, links, sums, programs, certificates } = collection;
  const contentSink = contentSinkOf(collection);
  const release = (path: string): void => {
    noted.delete(path);
    links.delete(path);
    sums.delete(path);
    programs.delete(path);
    certificates.delete(path);
    collection.areAllSummed ||= signOfApk.test(path);
  };
  return {
    file(path, size, mode) {
      release(path);
      if (sumsOfDpkg.test(path)) return sumsSink(collection, path, size);
      if (holdsCertificates(path)) return certificateSink(collection, path, size);
      return size === 0 ? undefined : contentSink({ path, size, isExecutable: (mode & 0o111) !== 0 });
    },
    hardLink(path, target) {
      if (path === target) return;
      release(path);
      if (holdsCertificates(path)) holdCertificates(collection, path, certificates.get(target) ?? null);
      const sha1 = programs.get(target);
      if (sha1 !== undefined) holdProgram(collection, path, sha1);
      const known = noted.get(target);
      if (known !== undefined) return note(collection, { ...known, path });
      if (links.size < mostLinks) links.set(path, links.get(target) ?? target);
      else collection.isCut = true;
    },
    other: release,
  };
}

function note(collection: Collection, content: NotedContent): void {
  if (collection.noted.size < mostNoted) collection.noted.set(content.path, content);
  else collection.isCut = true;
}

function holdProgram(collection: Collection, path: string, sha1: string): void {
  if (collection.programs.size < mostPrograms) collection.programs.set(path, sha1);
  else collection.isCut = true;
}

function holdCertificates(collection: Collection, path: string, file: CertificateFile | null): void {
  if (collection.certificates.size < mostCertificateFiles) collection.certificates.set(path, file);
  else collection.isCut = true;
}

function certificateSink(collection: Collection, path: string, size: number): FileSink | undefined {
  holdCertificates(collection, path, null);
  if (size > longestCertificateFile) return undefined;
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    end: () => holdCertificates(collection, path, readCertificates(Buffer.concat(chunks), collection.known)),
  };
}

function sumsSink(collection: Collection, path: string, size: number): FileSink | undefined {
  collection.isCut ||= collection.sumsLength + size > mostSums;
  if (collection.isCut) return undefined;
  collection.sumsLength += size;
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    end: () => void collection.sums.set(path, Buffer.concat(chunks).toString('utf8')),
  };
}

interface Started extends StartedFile {
  readonly path: string;
}

/** One sink for all files, which come one after the other. */
function contentSinkOf(collection: Collection): (file: Started) => FileSink {
  let file: Started = { path: '', size: 0, isExecutable: false };
  let reading = new ContentReading(file);
  let sha1: Hash | string | undefined;
  let position = 0;
  const isSummed = (chunk: Buffer): boolean =>
    (collection.areAllSummed || file.path.startsWith(beforeSigns)) &&
    (file.isExecutable || isCodeName(file.path) || isElf(chunk));
  const sink: FileSink = {
    write(chunk) {
      if (position === 0 && isSummed(chunk))
        sha1 = chunk.length === file.size ? digestAtOnce('sha1', chunk, 'base64') : createHash('sha1');
      position += chunk.length;
      if (typeof sha1 === 'object') sha1.update(chunk);
      reading.write(chunk);
    },
    end() {
      const { path, isExecutable } = file;
      const { isMachineCode, mark, packing } = reading.end();
      if (sha1 !== undefined) holdProgram(collection, path, typeof sha1 === 'string' ? sha1 : sha1.digest('base64'));
      const miner = (isExecutable ? minerNamed(path) : undefined) ?? mark;
      const isProgram = isMachineCode || isExecutable;
      if (miner === undefined && packing === undefined) return;
      note(collection, { path, isProgram, ...(miner && { miner }), ...(packing && { packing }) });
    },
  };
  return (started) => {
    file = started;
    reading = new ContentReading(started);
    [sha1, position] = [undefined, 0];
    return sink;
  };
}
