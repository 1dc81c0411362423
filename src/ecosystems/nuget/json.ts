import { parseJsonWithin } from '#base/index.ts';
import { asFields, type Fields } from '../fields.ts';

/** The largest known lists have some 1,000 packages of 30 values each. */
const limits = { bytes: 64 * 1024 ** 2, tokens: 2_000_000, depth: 100 };

/** Reads a file that is an object; a text says why it is not read. Tools of .NET put a byte order mark in front. */
export function readObject(text: string): Fields | string {
  const read = parseJsonWithin(text.startsWith('\ufeff') ? text.slice(1) : text, limits);
  return read.kind === 'read' ? (asFields(read.value) ?? 'it is no object') : read.why;
}
