import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody } from './body.ts';

test('a large body gives others their turn, however fast it arrives', async () => {
  const bytes = 16 * 1024 * 1024;
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const chunks = Array.from({ length: bytes / chunk.length }, () => chunk);
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const limits = { bytes, tokens: 10, depth: 1 };
  const { sent } = await readBody(Readable.from(chunks), {
    encoding: undefined,
    length: `${bytes}`,
    limits,
    hold: () => undefined,
  });
  isOver = true;
  expect(sent.bytes).toHaveLength(bytes);
  // Of 320 KiB at most each.
  expect(turns).toBeGreaterThan(bytes / (320 * 1024));
});
