import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { mostPaths, PathListWriter, pathList, pathsAmong, pathsIn } from './path-list.ts';

const neighbours = Array.from({ length: 3000 }, (_, index) => `usr/share/${Math.floor(index / 100)}/file-${index}.txt`);

function plainBlock(stored: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(stored.length, 1);
  return Buffer.concat([head, stored]);
}

describe('a list of paths', () => {
  test.each<[string, readonly string[]]>([
    ['none', []],
    ['one', ['a']],
    ['one twice, and one within the other', ['a/b', 'a/b', 'a', 'a/b/c']],
    ['neighbours', neighbours],
    ['bytes that characters share in part', ['é', 'è', 'ê/é', '\u{1F600}', '\u{1F601}', '日本', '日木']],
    ['more shared than an entry can say', ['x'.repeat(300), `${'x'.repeat(300)}y`, 'x'.repeat(255), 'x'.repeat(256)]],
    ['the longest', ['\u{FFFD}'.repeat(4096), 'a', `${'\u{FFFD}'.repeat(4095)}b`]],
  ])('holds %s in their order', (_, paths) => {
    const list = pathList(paths);
    expect([...pathsIn(list)]).toEqual(paths);
    expect(pathsAmong(list, new Set([...paths.slice(1), 'elsewhere']))).toEqual(new Set(paths.slice(1)));
  });

  test('is less than a tenth as long as paths of neighbours', () => {
    expect(pathList(neighbours).length).toBeLessThan(neighbours.join('').length / 10);
  });

  test('holds all of many blocks, some of whose entries are as long as a block', () => {
    const paths = Array.from({ length: 40 }, (_, index) => [...neighbours, `${index}`.repeat(30_000)]).flat();
    expect([...pathsIn(pathList(paths))]).toEqual(paths);
  });

  test('that holds more than a million paths is refused', () => {
    const million = Buffer.alloc(3 * mostPaths);
    const more = Buffer.alloc(3);
    let count = 0;
    expect(() => {
      for (const _ of pathsIn(Buffer.concat([plainBlock(million), plainBlock(more)]))) count += 1;
    }).toThrow(RangeError);
    expect(count).toBe(mostPaths);
  });

  test('whose block unpacks to more than a block is refused', () => {
    const packed = plainBlock(deflateRawSync(Buffer.alloc(300_000)));
    packed[0] = 1;
    expect(() => [...pathsIn(packed)]).toThrow(RangeError);
  });

  test('may be read while it is written', () => {
    const writer = new PathListWriter();
    for (const path of neighbours) writer.add(path);
    const before = writer.list();
    writer.add('last');
    expect([...pathsIn(before)]).toEqual(neighbours);
    expect([...pathsIn(writer.list())]).toEqual([...neighbours, 'last']);
    expect(writer.count).toBe(neighbours.length + 1);
  });

  test('may lie within other bytes', () => {
    const list = pathList(['a/b', 'a/c']);
    const around = Buffer.concat([Buffer.from('xyz'), list, Buffer.from('xyz')]);
    expect([...pathsIn(around.subarray(3, 3 + list.length))]).toEqual(['a/b', 'a/c']);
  });

  test.each([1, 2, 3, 4])('that lost its last %i bytes is refused', (lost) => {
    for (const paths of [['a/b', 'a/cc'], neighbours]) {
      const list = pathList(paths);
      expect(() => [...pathsIn(list.subarray(0, list.length - lost))]).toThrow(RangeError);
    }
  });
});
