import { describe, expect, test } from 'vitest';
import { PathListWriter, pathList, pathsAmong, pathsIn } from './path-list.ts';

const neighbours = Array.from({ length: 3000 }, (_, index) => `usr/share/${Math.floor(index / 100)}/file-${index}.txt`);

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

  test('is less than half as long as paths of neighbours', () => {
    expect(pathList(neighbours).length).toBeLessThan(neighbours.join('').length / 2);
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
    const list = pathList(['a/b', 'a/cc']);
    expect(() => [...pathsIn(list.subarray(0, list.length - lost))]).toThrow(RangeError);
  });
});
