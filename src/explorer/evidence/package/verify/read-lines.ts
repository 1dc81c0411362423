import type { z } from 'zod';

/** The text of a file of lines is not what it has to be. */
export class BadLine extends Error {}

/** Reads one JSON value a line. Throws `BadLine` with the number of the line. */
export function readLines<Schema extends z.ZodType>(content: Uint8Array, schema: Schema): readonly z.output<Schema>[] {
  const lines = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, at) => readValue(line, schema, `line ${at + 1}`));
}

/** Reads one JSON value. Throws `BadLine` that names the place. */
export function readValue<Schema extends z.ZodType>(text: string, schema: Schema, location: string): z.output<Schema> {
  const read = schema.safeParse(parsed(text, location));
  if (read.success) return read.data;
  throw new BadLine(
    `${location}: ${read.error.issues[0]?.path.join('.') ?? ''} ${read.error.issues[0]?.message ?? ''}`,
  );
}

function parsed(text: string, location: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadLine(`${location}: it is no JSON`);
  }
}
