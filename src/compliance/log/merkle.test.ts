import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isIncluded, leafHash, proofsOf, rootOf } from './merkle.ts';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** As RFC 6962 words it: the left part is the largest power of two below the number of leaves. */
function worded(texts: readonly string[]): Buffer {
  const [first = ''] = texts;
  if (texts.length === 1) return sha256(Buffer.of(0), Buffer.from(first));
  const split = 2 ** (Math.ceil(Math.log2(texts.length)) - 1);
  return sha256(Buffer.of(1), worded(texts.slice(0, split)), worded(texts.slice(split)));
}

const textsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `row ${at}`);
const counts = Array.from({ length: 70 }, (_, at) => at + 1);

describe.each(counts)('a tree of %i leaves', (count) => {
  const texts = textsOf(count);
  const leaves = texts.map(leafHash);
  const root = rootOf(leaves).toString('hex');
  const pathOf = proofsOf(leaves);
  const included = (leaf: Buffer | undefined, changed: object, position: number): boolean =>
    isIncluded({ leaf: leaf ?? expect.unreachable(), position, count, path: pathOf(position), root, ...changed });

  it('has the root of RFC 6962', () => expect(root).toBe(worded(texts).toString('hex')));

  it('proves each leaf at its position, and nothing else', () => {
    const zeros = '0'.repeat(64);
    for (const [position, leaf] of leaves.entries()) {
      const path = pathOf(position);
      expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)));
      expect(included(leaf, {}, position)).toBe(true);
      const others = [...leaves.keys()].filter((other) => other !== position);
      const wrong = [
        included(leafHash('another'), {}, position),
        ...others.map((other) => included(leaf, { position: other }, position)),
        ...others.map((other) => included(leaves[other], {}, position)),
        ...path.map((_, height) => included(leaf, { path: path.with(height, zeros) }, position)),
        included(leaf, { path: [...path, zeros] }, position),
        path.length > 0 && included(leaf, { path: path.slice(0, -1) }, position),
        included(leaf, { root: zeros }, position),
      ];
      expect(wrong.filter(Boolean)).toEqual([]);
    }
  });
});

describe('a proof', () => {
  const leaf = leafHash('row 0');
  const alone = { leaf, position: 0, count: 1, path: [], root: leaf.toString('hex') };
  it.each([
    ['of the only leaf', {}, true],
    ['of an empty tree', { count: 0 }, false],
    ['of a negative position', { position: -1 }, false],
    ['of a position that is no whole number', { position: 0.5 }, false],
    ['of a position that is no number', { position: Number.NaN }, false],
    ['beyond the last', { position: 1 }, false],
    ['with text that is no hash', { count: 2, path: ['zz'] }, false],
  ])('%s', (_, changed, expected) => expect(isIncluded({ ...alone, ...changed })).toBe(expected));

  it('takes no inner node for a leaf', () => {
    const [left, right] = [leafHash('row 0'), leafHash('row 1')];
    const root = rootOf([left, right]).toString('hex');
    expect(isIncluded({ leaf: rootOf([left, right]), position: 0, count: 1, path: [], root })).toBe(true);
    expect(leafHash(Buffer.concat([left, right]).toString('latin1')).toString('hex')).not.toBe(root);
  });

  it('is there for leaves that are there', () => {
    expect(() => rootOf([])).toThrow('without leaves');
    expect(() => proofsOf([leaf])(1)).toThrow('no leaf 1 of 1');
    expect(() => proofsOf([leaf])(-1)).toThrow('no leaf -1');
  });
});
