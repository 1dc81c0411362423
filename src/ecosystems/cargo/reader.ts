import { inflateSync } from 'node:zlib';
import { messageOf, parseJsonWithin } from '#base/index.ts';
import { type Analysis, type Analyzer, nothing } from '../analyzer.ts';
import type { Package } from '../contract.ts';
import { packageCollector } from '../package-collector.ts';
import type { Program } from '../program.ts';

/**
 * Crates of programs built by `cargo auditable`, which lists them in a section of the program
 * (https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md).
 */
export const cargo: Analyzer = {
  id: 'cargo',
  version: 2,
  summary: 'Rust crates in programs built by cargo auditable',
  places: [],
  wants: () => false,
  analyze: () => nothing,
  program,
};

const longest = { packed: 8 * 1024 ** 2, unpacked: 32 * 1024 ** 2 };
const jsonLimits = { bytes: longest.unpacked, tokens: 2_000_000, depth: 16 };
const evidence = { listed: '.dep-v0', own: '.dep-v0 (built from a folder)' };

/** A crate that was built from a folder has a name that its author chose: the registry's of that name may be another. */
export function isOfRegistry({ foundBy }: Pick<Package, 'foundBy'>): boolean {
  return foundBy.evidence !== evidence.own;
}

function program(file: Program): Analysis | 'not-at-hand' | undefined {
  const section = file.section('.dep-v0');
  if (section === undefined) return undefined;
  // Names of sections lie far from their table where symbols are kept: only the whole file tells then.
  if (section === 'not-at-hand') return file.isWhole ? undefined : section;
  const collector = packageCollector('cargo', file.path);
  const damaged = (why: string): Analysis => {
    collector.fault('corrupt-package', `The list of crates in this program is not read: ${why}.`);
    return collector.analysis();
  };
  if (section.size > longest.packed) return damaged(`it has ${section.size} bytes`);
  const packed = file.bytes.read(section.offset, section.size);
  if (packed === undefined) return file.isWhole ? damaged('it is cut off') : 'not-at-hand';
  const crates = cratesOf(packed);
  if (typeof crates === 'string') return damaged(crates);
  for (const { name, version, isOwn } of crates) {
    const foundBy = { analyzer: 'cargo', evidence: isOwn ? evidence.own : evidence.listed };
    collector.add({ type: 'cargo', name, version, path: file.path, foundBy });
  }
  return collector.analysis();
}

interface Crate {
  readonly name: string;
  readonly version: string;
  readonly isOwn: boolean;
}

/** The crates that run; why not, where it is no such list. Those that only helped to build are not in the program. */
function cratesOf(packed: Buffer): readonly Crate[] | string {
  let text: string;
  try {
    text = inflateSync(packed, { maxOutputLength: longest.unpacked }).toString('utf8');
  } catch (error) {
    return messageOf(error);
  }
  const read = parseJsonWithin(text, jsonLimits);
  if (read.kind !== 'read') return read.why;
  const packages = fieldOf(read.value, 'packages');
  if (!Array.isArray(packages)) return 'it names no packages';
  return packages.flatMap((one: unknown) => {
    if (fieldOf(one, 'kind') === 'build') return [];
    return { name: textOf(one, 'name'), version: textOf(one, 'version'), isOwn: textOf(one, 'source') === 'local' };
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function textOf(value: unknown, name: string): string {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : '';
}
