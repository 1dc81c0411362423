import { makeElf } from '../../../test/make/elf.ts';

/** A file that is appended to the host. */
interface AppendedFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly type: number;
}

export interface BundleOptions {
  /** 1: .NET Core 3; 2: .NET 5; 6: .NET 6 and later. */
  readonly version: number;
  readonly depsJson?: string;
  /** What stands in place of the list. */
  readonly list?: Uint8Array;
}

/** The signature with the place of the list before it, as the host program holds it. */
export function marker(place: bigint): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeBigInt64LE(place, 0);
  bytes.write('8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae', 8, 'hex');
  return bytes;
}

/**
 * A program of .NET as a single file, by the layout that `Microsoft.NET.HostModel/Bundle/Manifest.cs` and `FileEntry.cs` of
 * dotnet/runtime write: the host, the files, then the list of them.
 */
export function makeBundle(options: BundleOptions): Buffer {
  const { version, depsJson } = options;
  const host = (place: bigint): Buffer =>
    makeElf([
      { name: '.rodata', content: Buffer.from('COREHOST_TRACE\0') },
      { name: '.data', content: Buffer.concat([Buffer.alloc(24, 1), marker(place)]), isWritable: true },
    ]);
  const files: readonly AppendedFile[] = [
    { name: 'App.dll', content: Buffer.alloc(100, 2), type: version === 1 ? 0 : 1 },
    ...(depsJson === undefined
      ? []
      : [{ name: 'App.deps.json', content: Buffer.from(depsJson), type: version === 1 ? 2 : 3 }]),
    { name: 'App.runtimeconfig.json', content: Buffer.from('{}'), type: version === 1 ? 3 : 4 },
  ];
  let end = host(0n).length;
  const placed = files.map((file) => {
    const offset = end;
    end += file.content.length;
    return { ...file, offset };
  });
  const list = options.list ?? listOf(version, placed);
  return Buffer.concat([host(BigInt(end)), ...files.map(({ content }) => content), list]);
}

type PlacedFile = AppendedFile & { readonly offset: number };

function listOf(version: number, files: readonly PlacedFile[]): Buffer {
  const places = ['App.deps.json', 'App.runtimeconfig.json'].flatMap((wanted) => {
    const found = files.find(({ name }) => name === wanted);
    return [int64(found?.offset ?? 0), int64(found?.content.length ?? 0)];
  });
  return Buffer.concat([
    ...[version, 0, files.length].map(int32),
    text('Wk3DTsGDJxAb'),
    ...(version >= 2 ? [...places, int64(0)] : []),
    ...files.map(({ offset, content, type, name }) =>
      Buffer.concat([
        int64(offset),
        int64(content.length),
        ...(version >= 6 ? [int64(0)] : []),
        Buffer.of(type),
        text(name),
      ]),
    ),
  ]);
}

/** A number of 32 bits, as the list holds it. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A number of 64 bits. */
export function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

/** A short text behind its length. */
export function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
}
