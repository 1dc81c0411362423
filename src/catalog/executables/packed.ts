import type { Executable, ExecutableKind, PackedExecutables } from '../contract.ts';
import { hashBytes } from './layer-executables.ts';

const kindsByLetter: ReadonlyMap<string, ExecutableKind> = new Map([
  ['e', 'elf'],
  ['s', 'script'],
  ['j', 'java'],
  ['i', 'interpreted'],
  ['o', 'other'],
]);

/** Hashes of the executables by their rows, hexadecimal; each is written only when it is asked for. */
export function hashesOf({ hashes }: Pick<PackedExecutables, 'hashes'>) {
  const bytes = Buffer.from(hashes, 'base64');
  return {
    sha256: (row: number): string => bytes.toString('hex', row * hashBytes, row * hashBytes + 32),
    md5: (row: number): string => bytes.toString('hex', row * hashBytes + 32, (row + 1) * hashBytes),
  };
}

/** The executables as objects. What `packedProblem` finds nothing wrong with never throws. */
export function unpackExecutables(packed: PackedExecutables): readonly Executable[] {
  const hashes = hashesOf(packed);
  const linking = new Map(packed.elfRows.map((row, at) => [row, packed.elf[at]]));
  return packed.paths.map((path, row) => {
    const owner = packed.packages[packed.owners[row] ?? -1];
    const elf = linking.get(row);
    return {
      path,
      kind: kindsByLetter.get(packed.kinds.charAt(row)) ?? 'other',
      size: packed.sizes[row] ?? 0,
      mode: packed.modes[row] ?? 0,
      sha256: hashes.sha256(row),
      md5: hashes.md5(row),
      layer: packed.layers[row] ?? 0,
      ...(owner !== undefined && { package: owner }),
      ...(elf && { elf }),
    };
  });
}

/** What in packed executables contradicts itself, as one sentence; `undefined` when they are sound. */
export function packedProblem(packed: PackedExecutables, layers: number): string | undefined {
  const { paths, kinds, sizes, modes, layers: layersOf, owners, packages, hashes, elf, elfRows } = packed;
  const count = paths.length;
  if ([kinds, sizes, modes, layersOf, owners].some(({ length }) => length !== count))
    return 'columns differ in their length';
  if (hashes.length !== count * 64 || Buffer.from(hashes, 'base64').length !== count * hashBytes)
    return 'hashes: not as many as there are paths';
  if (new Set(paths).size !== count) return 'paths: one stands there twice';
  if (layersOf.some((layer) => layer >= layers)) return 'layers: there is no such layer';
  if (owners.some((owner) => owner >= packages.length)) return 'owners: there is no such package';
  if (elf.length !== elfRows.length || elfRows.some((row) => row >= count)) return 'elf: there is no such executable';
  return undefined;
}
