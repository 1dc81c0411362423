import type { Spans } from '#image/index.ts';
import { type ElfLayout, fileOffset, loadSegment } from '../elf-layout.ts';
import type { Program } from '../program.ts';

/** What Go's linker writes into a program of how it was built (https://pkg.go.dev/debug/buildinfo). */
export interface BuildInfo {
  /** `go1.22.1`, possibly with words behind it. */
  readonly toolchain: string;
  /** Lines that name modules; empty where the build knew none. */
  readonly modules: string;
}

/** `not-at-hand`: it is in a part that is not at hand. `damaged`: the program has the mark, and what follows is not whole. */
export type FoundBuildInfo = BuildInfo | 'not-at-hand' | 'damaged' | undefined;

/** The mark that the linker puts in front, at a multiple of 16 bytes. */
const mark = Buffer.from('\xff Go buildinf:', 'latin1');
const alignment = 16;
const headLength = 32;
/** Stands before and behind the lines of modules. */
const fenceLength = 16;

/** Bytes in which the mark is looked for, and marks that are looked at. */
const longestSearch = 64 * 1024 ** 2;
const mostMarks = 16;
/** The largest programs tell some 100 KB. */
const longest = { toolchain: 1024, modules: 4 * 1024 ** 2 };

/** Finds it by the name of its section, else at the mark in the segments that the program writes to. */
export function readBuildInfo(program: Program): FoundBuildInfo {
  const section = program.section('.go.buildinfo');
  if (typeof section === 'object' && section.size >= headLength) {
    const found = readAt(program, section.offset);
    if (found !== undefined) return found;
  }
  const places = program.layout.segments.filter(({ type, isWritable }) => type === loadSegment && isWritable);
  let left = longestSearch;
  for (const { offset, fileSize } of places) {
    const length = Math.min(fileSize, left);
    left -= length;
    const found = searchIn(program, program.bytes.upTo(offset, length), offset);
    if (found !== undefined) return found;
  }
  // A file of which the table of sections is out of reach may be anything; where nothing is marked it stays unknown.
  return undefined;
}

function searchIn(program: Program, content: Buffer, offset: number): FoundBuildInfo {
  let marks = 0;
  for (let at = content.indexOf(mark); at !== -1 && marks < mostMarks; at = content.indexOf(mark, at + 1)) {
    marks += 1;
    if ((offset + at) % alignment !== 0) continue;
    const found = readAt(program, offset + at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `undefined`: there is no mark at this place. */
function readAt(program: Program, offset: number): FoundBuildInfo {
  const missing = program.isWhole ? 'damaged' : 'not-at-hand';
  const head = program.bytes.read(offset, headLength);
  if (head === undefined) return missing;
  if (!head.subarray(0, mark.length).equals(mark)) return undefined;
  const [pointerSize, flags] = [head.readUInt8(14), head.readUInt8(15)];
  const texts =
    (flags & 2) === 0
      ? pointedTexts(program, { head, pointerSize, isBig: (flags & 1) !== 0 })
      : inlineTexts(program.bytes, offset + headLength);
  if (texts === undefined) return missing;
  const [toolchain, fenced] = texts;
  const modules = withoutFences(fenced);
  return toolchain === '' || modules === undefined ? 'damaged' : { toolchain, modules };
}

type Texts = readonly [toolchain: string, modules: string];

/** Since Go 1.18 both texts follow the head, each after its length. */
function inlineTexts(bytes: Spans, offset: number): Texts | undefined {
  const toolchain = textBehindLength(bytes, offset, longest.toolchain);
  const modules = toolchain && textBehindLength(bytes, toolchain.end, longest.modules);
  return toolchain && modules && [toolchain.text, modules.text];
}

function textBehindLength(
  bytes: Spans,
  offset: number,
  most: number,
): { readonly text: string; readonly end: number } | undefined {
  let [length, factor, used] = [0, 1, 0];
  for (const byte of bytes.upTo(offset, 5)) {
    used += 1;
    length += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) break;
  }
  const start = offset + used;
  if (used === 0 || length > most) return undefined;
  const content = length === 0 ? Buffer.alloc(0) : bytes.read(start, length);
  return content && { text: content.toString('latin1'), end: start + length };
}

/** Before, the head held two addresses, each of a pair: address and length of the text. */
function pointedTexts(
  { layout, bytes }: Program,
  { head, pointerSize, isBig }: { readonly head: Buffer; readonly pointerSize: number; readonly isBig: boolean },
): Texts | undefined {
  if (pointerSize !== 4 && pointerSize !== 8) return undefined;
  const numberAt = (from: Buffer, at: number): number => {
    if (pointerSize === 4) return isBig ? from.readUInt32BE(at) : from.readUInt32LE(at);
    return Number(isBig ? from.readBigUInt64BE(at) : from.readBigUInt64LE(at));
  };
  const textOf = (address: number, most: number): string | undefined => {
    const pair = readAddress(layout, bytes, { address, length: 2 * pointerSize });
    if (pair === undefined) return undefined;
    const length = numberAt(pair, pointerSize);
    if (length === 0) return '';
    if (length > most) return undefined;
    return readAddress(layout, bytes, { address: numberAt(pair, 0), length })?.toString('latin1');
  };
  const toolchain = textOf(numberAt(head, 16), longest.toolchain);
  const modules = textOf(numberAt(head, 16 + pointerSize), longest.modules);
  return toolchain === undefined || modules === undefined ? undefined : [toolchain, modules];
}

function readAddress(
  layout: ElfLayout,
  bytes: Spans,
  { address, length }: { readonly address: number; readonly length: number },
): Buffer | undefined {
  const offset = fileOffset(layout, address);
  return offset === undefined ? undefined : bytes.read(offset, length);
}

function withoutFences(modules: string): string | undefined {
  if (modules === '') return '';
  if (modules.length <= 2 * fenceLength || modules.at(-fenceLength - 1) !== '\n') return undefined;
  return Buffer.from(modules.slice(fenceLength, -fenceLength), 'latin1').toString('utf8');
}
