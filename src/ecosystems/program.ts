import type { Spans } from '#image/index.ts';
import { SoughtTexts, type Surroundings } from './sought-texts.ts';
import { type ElfLayout, type ElfSection, findSection, readElfLayout } from './elf-layout.ts';

/** A machine program (ELF) whose content is at hand, whole or in parts. */
export interface Program {
  readonly path: string;
  readonly size: number;
  readonly bytes: Spans;
  readonly layout: ElfLayout;
  /** Whether all of it is at hand: then what is missing is missing in the file. */
  readonly isWhole: boolean;
  /** What stands around a text, wherever it is in the file; of a part of a file, only of texts that were sought (`Analyzer`). */
  around(text: string): readonly Surroundings[];
  section(name: string): ElfSection | 'not-at-hand' | undefined;
}

/** A program of what is at hand of a file; `undefined` when it is none. */
export function programOf(
  file: Pick<Program, 'path' | 'size' | 'bytes' | 'isWhole'> & Partial<Pick<Program, 'around'>>,
): Program | undefined {
  const layout = readElfLayout(file.bytes);
  if (layout === undefined) return undefined;
  const around = (text: string): readonly Surroundings[] => soughtIn(file, text);
  return { around, ...file, layout, section: (name) => findSection(layout, file.bytes, name) };
}

/** A file that is at hand as a whole. */
export function wholeSpans(content: Uint8Array): Spans {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const upTo = (offset: number, length: number): Buffer =>
    offset >= 0 && length > 0 ? bytes.subarray(offset, offset + length) : Buffer.alloc(0);
  return {
    upTo,
    read(offset, length) {
      const found = upTo(offset, length);
      return found.length === length ? found : undefined;
    },
  };
}

/** Bytes that are searched at once, and of a whole file. */
const [portion, longestSearch] = [1024 ** 2, 1024 ** 3];

function soughtIn({ bytes, size }: Pick<Program, 'bytes' | 'size'>, text: string): readonly Surroundings[] {
  const sought = new SoughtTexts([text]);
  for (let at = 0; at < Math.min(size, longestSearch); at += portion) {
    const part = bytes.upTo(at, portion);
    if (part.length === 0) break;
    sought.write(part);
  }
  sought.end();
  return sought.around(text);
}
