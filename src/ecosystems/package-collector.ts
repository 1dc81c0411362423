import { messageOf } from '#base/index.ts';
import type { Fault, FaultCode } from '#image/index.ts';
import type { Analysis, FileSum, FoundPackage } from './analyzer.ts';
import { purlOf } from './purl.ts';

/** A package as an analyzer reads it, before its texts are checked; the rest follows from these. */
export type PackageDraft = Pick<FoundPackage, 'type' | 'name' | 'foundBy'> &
  Partial<Pick<FoundPackage, 'source' | 'licenses' | 'files' | 'archive' | 'requires'>> & {
    /** `undefined`: nothing tells it. */
    readonly version: string | undefined;
    /** Path of the evidence. */
    readonly path: string;
    readonly architecture?: string | undefined;
    readonly module?: string | undefined;
    readonly vendor?: string | undefined;
    /** Of those of its files that nobody is to change. */
    readonly sums?: readonly FileSum[] | undefined;
  };

/** Gathers what one file says. Whatever does not fit the contract becomes a fault, so that no image can make a catalog unsendable. */
export interface PackageCollector {
  add(draft: PackageDraft): void;
  fault(code: FaultCode, message: string, path?: string): void;
  /** Those paths of owned files that the contract carries; a fault where some had to be left out. */
  files(paths: readonly string[]): readonly string[];
  /** Everything gathered so far. */
  analysis(): Analysis;
}

const longest = {
  text: 512,
  short: 64,
  path: 8192,
  message: 1000,
  licenses: 200,
  requires: 1000,
  files: 200_000,
  sums: 500_000,
  faults: 100,
};
/** Packages of one file: the largest databases of systems list some 10,000. */
const mostPackages = 50_000;
const controlCharacter = /[\p{Cc}--\t]/v;

/** Starts gathering for one file of one analyzer. */
export function packageCollector(analyzer: string, path: string): PackageCollector {
  const packages: FoundPackage[] = [];
  const faults: Fault[] = [];
  const sums: FileSum[] = [];
  let isFull = false;
  const fault = (code: FaultCode, message: string, where: string = path): void => {
    if (faults.length >= longest.faults) return;
    const full = faults.length === longest.faults - 1;
    const text = full ? 'More faults of this file were left out.' : message;
    faults.push({ code, message: clean(text, longest.message), path: where.slice(0, longest.path), analyzer });
  };
  const collector: PackageCollector = {
    fault,
    add(draft) {
      if (packages.length >= mostPackages) {
        if (!isFull) fault('entry-limit', `The file names more than ${mostPackages} packages; the rest were left out.`);
        isFull = true;
        return;
      }
      const problem = problemOf(draft);
      if (problem !== undefined) return fault('corrupt-package', problem, draft.path);
      try {
        packages.push({ ...toPackage(draft), files: collector.files(draft.files ?? []) });
        for (const sum of draft.sums ?? [])
          if (sums.length < longest.sums && sum[0].length <= longest.path) sums.push(sum);
      } catch (error) {
        fault('corrupt-package', `Package ${draft.name} cannot be named: ${messageOf(error)}`, draft.path);
      }
    },
    files(paths) {
      const short = paths.filter((each) => each.length <= longest.path).slice(0, longest.files);
      if (short.length < paths.length)
        fault('corrupt-package', 'Some owned files were left out: too many or too deep.');
      return short;
    },
    analysis: () => ({ packages, faults, ...(sums.length > 0 && { sums }) }),
  };
  return collector;
}

/** A text that no analyzer takes apart: it would cost more memory than a reader has. */
export class TextTooLong extends Error {}

/** Bytes and lines of one text; the largest package databases have some 10 MB and 600,000 lines. */
const longestText = { bytes: 96 * 1024 ** 2, lines: 2_000_000 };

/** Text of a file as UTF-8, bad bytes replaced. Throws `TextTooLong`. */
export function textOf(content: Uint8Array): string {
  const { bytes, lines } = longestText;
  if (content.length > bytes) throw new TextTooLong(`The text is longer than ${bytes} bytes; it was left out.`);
  if (content.length > lines && countLines(content) > lines)
    throw new TextTooLong(`The text has more than ${lines} lines; it was left out.`);
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
}

function countLines(content: Uint8Array): number {
  let lines = 0;
  for (let at = content.indexOf(0x0a); at !== -1; at = content.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}

/** One line of text that the contract accepts: control characters become spaces, the rest is cut. */
export function clean(text: string, length: number): string {
  return text.slice(0, length).replaceAll(new RegExp(controlCharacter, 'gv'), ' ');
}

function toPackage(draft: PackageDraft): Omit<FoundPackage, 'files'> {
  const { type, name, version = '' } = draft;
  const facts = {
    type,
    name,
    version,
    ...(isShort(draft.architecture) && { architecture: draft.architecture }),
    ...(isText(draft.module) && { module: draft.module }),
    ...(draft.archive && { archive: draft.archive }),
  };
  return {
    ...facts,
    purl: purlOf(facts),
    ...(draft.source && { source: draft.source }),
    ...(draft.vendor && { vendor: clean(draft.vendor, longest.text) }),
    licenses: (draft.licenses ?? []).slice(0, longest.licenses).map((license) => clean(license, longest.text)),
    ...(draft.requires && { requires: draft.requires.filter(isText).slice(0, longest.requires) }),
    paths: [draft.path],
    foundBy: draft.foundBy,
  };
}

function problemOf({ name, version, source, path }: PackageDraft): string | undefined {
  if (!isText(name)) return `A package has no usable name: ${name}`;
  if (version !== undefined && !isText(version)) return `Package ${name} has no usable version: ${version}`;
  if (source && !(isText(source.name) && isText(source.version))) return `Package ${name} names no usable source.`;
  if (path.length > longest.path) return `Package ${name} lies too deep.`;
  return undefined;
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '' && text.length <= longest.text && !controlCharacter.test(text);
}

function isShort(text: string | undefined): text is string {
  return isText(text) && text.length <= longest.short;
}
