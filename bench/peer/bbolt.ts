import { closeSync, openSync, writeSync } from 'node:fs';

/** Pairs and buckets within, by name. */
export type Bucket = ReadonlyMap<string, Bucket | string>;

const pageSize = 4096;
const headerSize = 16;
const flags = { branch: 1, leaf: 2, meta: 4, freelist: 16 } as const;
/** Elements of a page; the format counts in 16 bits. */
const mostElements = 2000;
/** Longest bucket that lies within its parent's value. */
const mostInline = 1024;

interface Element {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly isBucket: boolean;
}

interface Child {
  readonly key: Buffer;
  readonly page: number;
}

/** Writes a database file of bbolt, the key-value store of Go programs, in one go. */
export function writeBbolt(path: string, root: Bucket): void {
  const file = openSync(path, 'w');
  try {
    const pages = new Pages(file);
    pages.put(page(flags.freelist, 0, Buffer.alloc(0)));
    const rootPage = pages.tree(elementsOf(root, pages));
    for (const number of [0, 1]) pages.putAt(number, metaPage(number, rootPage, pages.next));
  } finally {
    closeSync(file);
  }
}

class Pages {
  next = 2;
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  /** The number of the page that the content starts at. */
  put(content: Buffer): number {
    const number = this.next;
    const count = Math.max(1, Math.ceil(content.length / pageSize));
    content.writeBigUInt64LE(BigInt(number), 0);
    content.writeUInt32LE(count - 1, 12);
    this.putAt(number, content);
    this.next += count;
    return number;
  }

  putAt(number: number, content: Buffer): void {
    const whole = Buffer.alloc(Math.max(1, Math.ceil(content.length / pageSize)) * pageSize);
    content.copy(whole);
    writeSync(this.#file, whole, 0, whole.length, number * pageSize);
  }

  /** The root page of these elements: leaves, and as many levels of branches as they need. */
  tree(elements: readonly Element[]): number {
    let level: readonly Child[] = portions(elements).map((part) => ({
      key: part[0]?.key ?? Buffer.alloc(0),
      page: this.put(leafPage(part)),
    }));
    while (level.length > 1) {
      level = portions(level).map((part) => ({
        key: part[0]?.key ?? Buffer.alloc(0),
        page: this.put(branchPage(part)),
      }));
    }
    return level[0]?.page ?? 0;
  }
}

function elementsOf(bucket: Bucket, pages: Pages): readonly Element[] {
  return [...bucket]
    .map(([name, value]) => ({
      key: Buffer.from(name),
      value: typeof value === 'string' ? Buffer.from(value) : bucketValue(elementsOf(value, pages), pages),
      isBucket: typeof value !== 'string',
    }))
    .sort((left, right) => Buffer.compare(left.key, right.key));
}

/** Root page and sequence of a bucket; root 0 says that its only page follows at once. */
function bucketValue(elements: readonly Element[], pages: Pages): Buffer {
  const head = Buffer.alloc(16);
  const whole = elements.length <= mostElements ? leafPage(elements) : undefined;
  if (whole !== undefined && whole.length <= mostInline) return Buffer.concat([head, whole]);
  head.writeBigUInt64LE(BigInt(pages.tree(elements)), 0);
  return head;
}

function leafPage(elements: readonly Element[]): Buffer {
  const heads = Buffer.alloc(elements.length * 16);
  let place = heads.length;
  for (const [index, { key, value, isBucket }] of elements.entries()) {
    heads.writeUInt32LE(isBucket ? 1 : 0, index * 16);
    heads.writeUInt32LE(place - index * 16, index * 16 + 4);
    heads.writeUInt32LE(key.length, index * 16 + 8);
    heads.writeUInt32LE(value.length, index * 16 + 12);
    place += key.length + value.length;
  }
  const content = Buffer.concat([heads, ...elements.flatMap(({ key, value }) => [key, value])]);
  return page(flags.leaf, elements.length, content);
}

function branchPage(children: readonly Child[]): Buffer {
  const heads = Buffer.alloc(children.length * 16);
  let place = heads.length;
  for (const [index, child] of children.entries()) {
    heads.writeUInt32LE(place - index * 16, index * 16);
    heads.writeUInt32LE(child.key.length, index * 16 + 4);
    heads.writeBigUInt64LE(BigInt(child.page), index * 16 + 8);
    place += child.key.length;
  }
  return page(flags.branch, children.length, Buffer.concat([heads, ...children.map(({ key }) => key)]));
}

function page(kind: number, count: number, content: Buffer): Buffer {
  const head = Buffer.alloc(headerSize);
  head.writeUInt16LE(kind, 8);
  head.writeUInt16LE(count, 10);
  return Buffer.concat([head, content]);
}

function metaPage(number: number, root: number, end: number): Buffer {
  const meta = Buffer.alloc(64);
  meta.writeUInt32LE(0xed0cdaed, 0);
  meta.writeUInt32LE(2, 4);
  meta.writeUInt32LE(pageSize, 8);
  meta.writeBigUInt64LE(BigInt(root), 16);
  meta.writeBigUInt64LE(2n, 32);
  meta.writeBigUInt64LE(BigInt(end), 40);
  meta.writeBigUInt64LE(BigInt(number), 48);
  meta.writeBigUInt64LE(checksum(meta.subarray(0, 56)), 56);
  const whole = page(flags.meta, 0, meta);
  whole.writeBigUInt64LE(BigInt(number), 0);
  return whole;
}

/** FNV-1a with 64 bits. */
function checksum(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash;
}

function portions<T>(list: readonly T[]): readonly (readonly T[])[] {
  const count = Math.max(1, Math.ceil(list.length / mostElements));
  return Array.from({ length: count }, (_, index) => list.slice(index * mostElements, (index + 1) * mostElements));
}
