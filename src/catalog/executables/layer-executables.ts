import type { ElfLinking } from '../contract.ts';
import { type CodeKind, codeKindOf } from '../code-file.ts';
import type { FileContent } from './digest-file.ts';

/** Whether a scan lists executables. */
export type ExecutablesWanted = 'hashed' | 'left-out';

/** Raised when the same layer would give other executables: older cached ones are dropped. */
export const layerExecutablesVersion = 2;

/** Bytes of the two hashes of a file. */
export const hashBytes = 48;

/** Executables of one layer, column by column: thousands of objects would cost more than their content. */
export interface LayerExecutables {
  readonly paths: readonly string[];
  /** First letter of each kind. */
  readonly kinds: string;
  readonly sizes: readonly number[];
  readonly modes: readonly number[];
  /** base64, `hashBytes` for each. */
  readonly hashes: string;
  readonly elf: readonly ElfLinking[];
  /** Rows of those in `elf`. */
  readonly elfRows: readonly number[];
  /** Hard links to files that only a layer below can hold. */
  readonly links: readonly LayerLink[];
  /** Regular files that are no code: they replace what layers below hold there. */
  readonly plain: readonly string[];
  /** Whether executables were left out for their number. */
  readonly isCut: boolean;
  /** Whether `plain` lacks some. */
  readonly isPlainCut: boolean;
}

export interface LayerLink {
  readonly path: string;
  readonly target: string;
}

/** What a collector gathered. */
export interface Gathered {
  readonly held: ReadonlyMap<string, FileContent | 'plain'>;
  readonly links: ReadonlyMap<string, LayerLink>;
  readonly isCut: boolean;
  readonly isPlainCut: boolean;
}

export function packLayer({ held, links, isCut, isPlainCut }: Gathered): LayerExecutables {
  const paths: string[] = [];
  const contents: FileContent[] = [];
  const plain: string[] = [];
  for (const [path, content] of held) {
    if (content === 'plain') plain.push(path);
    else {
      paths.push(path);
      contents.push(content);
    }
  }
  const hashes = Buffer.allocUnsafe(contents.length * hashBytes);
  for (const [row, { sha256, md5 }] of contents.entries()) {
    sha256.copy(hashes, row * hashBytes);
    md5.copy(hashes, row * hashBytes + 32);
  }
  const kinds = contents.map(({ mode, head }, row) => letterOf(codeKindOf(paths[row] ?? '', mode, head) ?? 'other'));
  return {
    paths,
    kinds: kinds.join(''),
    sizes: contents.map(({ size }) => size),
    modes: contents.map(({ mode }) => mode),
    hashes: hashes.toString('base64'),
    elf: contents.flatMap(({ elf }) => elf ?? []),
    elfRows: contents.flatMap(({ elf }, row) => (elf === undefined ? [] : [row])),
    links: [...links.values()],
    plain,
    isCut,
    isPlainCut,
  };
}

/** By row. */
export function linkingOf(executables: LayerExecutables | undefined): ReadonlyMap<number, ElfLinking | undefined> {
  return new Map(executables?.elfRows.map((row, at) => [row, executables.elf[at]]));
}

function letterOf(kind: CodeKind): string {
  return kind.slice(0, 1);
}
