/** An rpm header as stored in the package database: tags and their values. */
export interface Header {
  text(tag: number): string | undefined;
  texts(tag: number): readonly string[];
  numbers(tag: number): readonly number[];
}

/** Tags of rpm's `rpmtag.h` that are read. */
export const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  fileStates: 1029,
  fileModes: 1030,
  fileDigests: 1035,
  fileFlags: 1037,
  fileVerifyFlags: 1045,
  sourceRpm: 1044,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  modularityLabel: 5096,
} as const;

const types = { int8: 2, int16: 3, int32: 4, string: 6, stringArray: 8, localizedString: 9 } as const;
const mostValues = 1_000_000;

interface IndexEntry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/**
 * Reads the header of one package (rpm file format, "Header"): two counts, an index of 16-byte entries, a store of
 * values, all big-endian. Nothing when the sizes do not add up.
 */
export function parseHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < 8) return undefined;
  const entries = bytes.readUInt32BE(0);
  const storeStart = 8 + entries * 16;
  const storeEnd = storeStart + bytes.readUInt32BE(4);
  if (entries === 0 || storeEnd > bytes.length) return undefined;
  const store = bytes.subarray(storeStart, storeEnd);
  const index = new Map<number, IndexEntry>();
  for (let at = 8; at < storeStart; at += 16) {
    const entry = {
      type: bytes.readUInt32BE(at + 4),
      offset: bytes.readUInt32BE(at + 8),
      count: bytes.readUInt32BE(at + 12),
    };
    index.set(bytes.readUInt32BE(at), entry);
  }
  const texts = (tag: number): readonly string[] => textsAt(store, index.get(tag));
  return { texts, text: (tag) => texts(tag)[0], numbers: (tag) => numbersAt(store, index.get(tag)) };
}

function textsAt(store: Buffer, entry: IndexEntry | undefined): readonly string[] {
  if (entry === undefined || entry.count > mostValues) return [];
  const { type, count } = entry;
  if (type !== types.string && type !== types.stringArray && type !== types.localizedString) return [];
  const values: string[] = [];
  for (let at = entry.offset; values.length < count; ) {
    const end = store.indexOf(0, at);
    if (end < 0) break;
    values.push(store.toString('utf8', at, end));
    at = end + 1;
  }
  return values;
}

function numbersAt(store: Buffer, entry: IndexEntry | undefined): readonly number[] {
  if (entry === undefined || entry.count > mostValues) return [];
  const width = widthOf(entry.type);
  if (width === 0 || entry.offset + entry.count * width > store.length) return [];
  return Array.from({ length: entry.count }, (_, index) => store.readUIntBE(entry.offset + index * width, width));
}

function widthOf(type: number): number {
  if (type === types.int8) return 1;
  if (type === types.int16) return 2;
  return type === types.int32 ? 4 : 0;
}
