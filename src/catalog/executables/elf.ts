import type { Spans } from '#image/index.ts';
import { type ElfLayout, type ElfSegment, fileOffset, readElfLayout } from '#ecosystems/index.ts';

/**
 * What an ELF file says of how it is linked ("System V ABI", chapters 4 and 5). Missing `needed`: it could not be read;
 * an empty list: it needs nothing.
 */
export interface ElfFacts {
  readonly type: 'executable' | 'shared-object' | 'other';
  /** DT_NEEDED, in their order. */
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  /** Dynamic loader, from PT_INTERP. */
  readonly interpreter?: string;
}

const dynamic = { null: 0, needed: 1, strings: 5, soname: 14, rpath: 15, runpath: 29, flags1: 0x6ffffffb };
const isPie = 0x08000000;
const fileTypes = { executable: 2, shared: 3 };
const segmentTypes = { dynamic: 2, interpreter: 3 };

/** Longest text that is taken, and most libraries that one file may need. */
const longestName = 4096;
const mostNeeded = 1024;
/** Entries of the dynamic section that are looked at. */
const mostEntries = 4096;

/** Reads an ELF file of any word size and byte order; `undefined` when its header is none. Never throws. */
export function readElf(bytes: Spans): ElfFacts | undefined {
  const layout = readElfLayout(bytes);
  if (layout === undefined) return undefined;
  const interpreter = interpreterOf(layout, bytes);
  const linking = linkingOf(layout, bytes);
  const facts = { ...linking?.facts, ...(interpreter !== undefined && { interpreter }) };
  return { type: typeOf(layout, { ...facts, isPie: linking?.isPie ?? false }), ...facts };
}

/** Position-independent programs and libraries have one type; libraries that can also be run (libc) have a name. */
function typeOf(
  { type }: ElfLayout,
  facts: { readonly soname?: string; readonly interpreter?: string; readonly isPie: boolean },
): ElfFacts['type'] {
  if (type === fileTypes.executable) return 'executable';
  if (type !== fileTypes.shared) return 'other';
  if (facts.isPie) return 'executable';
  return facts.interpreter !== undefined && facts.soname === undefined ? 'executable' : 'shared-object';
}

function interpreterOf(layout: ElfLayout, bytes: Spans): string | undefined {
  const segment = layout.segments.find(({ type }) => type === segmentTypes.interpreter);
  if (segment === undefined) return undefined;
  return textAt(bytes, segment.offset, segment.fileSize);
}

interface Linking {
  readonly facts: Omit<ElfFacts, 'type' | 'interpreter'>;
  readonly isPie: boolean;
}

function linkingOf(layout: ElfLayout, bytes: Spans): Linking | undefined {
  const segment = layout.segments.find(({ type }) => type === segmentTypes.dynamic);
  if (segment === undefined) return layout.isWhole ? { facts: { needed: [] }, isPie: false } : undefined;
  const entries = entriesOf(layout, segment, bytes);
  if (entries === undefined) return undefined;
  const valuesOf = (tag: number) => entries.filter((entry) => entry.tag === tag).map(({ value }) => value);
  const [strings] = valuesOf(dynamic.strings);
  const textOf = (offset: number | undefined): string | undefined => {
    const start = strings === undefined ? undefined : fileOffset(layout, strings);
    return start === undefined || offset === undefined ? undefined : textAt(bytes, start + offset, longestName);
  };
  const names = valuesOf(dynamic.needed).map(textOf);
  const needed = names.filter((name) => name !== undefined);
  const isRead = needed.length === names.length && names.length <= mostNeeded;
  const [soname, rpath, runpath] = [dynamic.soname, dynamic.rpath, dynamic.runpath].map((tag) =>
    textOf(valuesOf(tag)[0]),
  );
  return {
    isPie: valuesOf(dynamic.flags1).some((flags) => (flags & isPie) !== 0),
    facts: {
      ...(isRead && { needed }),
      ...(soname !== undefined && { soname }),
      ...(rpath !== undefined && { rpath }),
      ...(runpath !== undefined && { runpath }),
    },
  };
}

interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
}

function entriesOf(layout: ElfLayout, segment: ElfSegment, bytes: Spans): readonly DynamicEntry[] | undefined {
  const { words } = layout;
  const size = 2 * words.size;
  const length = Math.min(segment.fileSize, mostEntries * size);
  const content = bytes.read(segment.offset, length - (length % size));
  if (content === undefined) return undefined;
  const entries: DynamicEntry[] = [];
  for (let at = 0; at + size <= content.length; at += size) {
    const tag = words.word(content, at);
    if (tag === dynamic.null) return entries;
    entries.push({ tag, value: words.word(content, at + words.size) });
  }
  return length < segment.fileSize ? undefined : entries;
}

/** A text that ends with NUL within so many bytes; `undefined` where the file ends before. */
function textAt(bytes: Spans, offset: number, longest: number): string | undefined {
  for (const length of [256, longestName]) {
    const content = bytes.upTo(offset, Math.min(length, longest));
    const end = content.indexOf(0);
    if (end !== -1) return content.toString('utf8', 0, end);
  }
  return undefined;
}
