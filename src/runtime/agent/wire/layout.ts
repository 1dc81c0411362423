/** How a value lies in bytes: a fixed size, little endian. */
export interface Layout<Value> {
  readonly size: number;
  read(bytes: Buffer, at: number): Value;
  write(bytes: Buffer, at: number, value: Value): void;
}

/** What came over the wire is none of the language of `native/include/wire.h`. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export type ValueOf<L> = L extends Layout<infer Value> ? Value : never;

export const u8: Layout<number> = {
  size: 1,
  read: (bytes, at) => bytes.readUInt8(at),
  write: (bytes, at, value) => void bytes.writeUInt8(value, at),
};

export const u16: Layout<number> = {
  size: 2,
  read: (bytes, at) => bytes.readUInt16LE(at),
  write: (bytes, at, value) => void bytes.writeUInt16LE(value, at),
};

export const u32: Layout<number> = {
  size: 4,
  read: (bytes, at) => bytes.readUInt32LE(at),
  write: (bytes, at, value) => void bytes.writeUInt32LE(value, at),
};

/** Exact: inodes, change times and sequences are more than a double holds. */
export const u64: Layout<bigint> = {
  size: 8,
  read: (bytes, at) => bytes.readBigUInt64LE(at),
  write: (bytes, at, value) => void bytes.writeBigUInt64LE(value, at),
};

/** Room that says nothing; written as zeros. */
export function reserved(size: number): Layout<undefined> {
  return { size, read: () => undefined, write: (bytes, at) => void bytes.fill(0, at, at + size) };
}

/** ASCII text that ends at the first zero, or fills its room. */
export function text(size: number): Layout<string> {
  return {
    size,
    read(bytes, at) {
      const end = bytes.subarray(at, at + size).indexOf(0);
      return bytes.toString('latin1', at, end === -1 ? at + size : at + end);
    },
    write(bytes, at, value) {
      if (value.length > size)
        throw new WireError(`A text of ${value.length} letters does not fit into ${size} bytes.`);
      bytes.fill(0, at, at + size).write(value, at, 'latin1');
    },
  };
}

/** Bytes as they are. */
export function raw(size: number): Layout<Buffer> {
  return {
    size,
    read: (bytes, at) => Buffer.from(bytes.subarray(at, at + size)),
    write(bytes, at, value) {
      if (value.length !== size) throw new WireError(`${value.length} bytes came where ${size} are due.`);
      value.copy(bytes, at);
    },
  };
}

/** A byte that stands for a word. */
export function oneOf<Words extends Readonly<Record<string, number>>>(words: Words): Layout<keyof Words & string> {
  const known = new Map(Object.entries(words).map(([word, number]) => [number, word]));
  return {
    size: 1,
    read(bytes, at) {
      const word = known.get(bytes.readUInt8(at));
      if (word === undefined)
        throw new WireError(`${bytes.readUInt8(at)} is none of ${Object.keys(words).join(', ')}.`);
      return word;
    },
    write: (bytes, at, word) => void bytes.writeUInt8(words[word] ?? 0, at),
  };
}

export function array<Value>(one: Layout<Value>, count: number): Layout<readonly Value[]> {
  return {
    size: one.size * count,
    read: (bytes, at) => Array.from({ length: count }, (_, index) => one.read(bytes, at + index * one.size)),
    write(bytes, at, values) {
      if (values.length !== count) throw new WireError(`${values.length} values came where ${count} are due.`);
      for (const [index, value] of values.entries()) one.write(bytes, at + index * one.size, value);
    },
  };
}

type Fields = Readonly<Record<string, Layout<unknown>>>;
/** What a struct's fields hold; those called `reserved…` are left out. */
type Struct<F> = { readonly [K in keyof F as K extends `reserved${string}` ? never : K]: ValueOf<F[K]> };

/** A packed struct; `offsets` says where each field begins. */
export interface StructLayout<Value> extends Layout<Value> {
  readonly offsets: Readonly<Record<string, number>>;
}

export function struct<const F extends Fields>(fields: F): StructLayout<Struct<F>> {
  const offsets: Record<string, number> = {};
  let size = 0;
  for (const [name, field] of Object.entries(fields)) {
    offsets[name] = size;
    size += field.size;
  }
  const places = Object.entries(fields as Readonly<Record<string, Layout<unknown>>>).map(([name, field]) => ({
    name,
    field,
    offset: offsets[name] ?? 0,
    isReserved: name.startsWith('reserved'),
  }));
  return {
    size,
    offsets,
    read(bytes, at) {
      const value: Record<string, unknown> = {};
      for (const { name, field, offset, isReserved } of places)
        if (!isReserved) value[name] = field.read(bytes, at + offset);
      return value as Struct<F>;
    },
    write(bytes, at, value) {
      const values = value as Readonly<Record<string, unknown>>;
      for (const { name, field, offset } of places) field.write(bytes, at + offset, values[name]);
    },
  };
}
