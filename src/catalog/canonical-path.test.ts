import { describe, expect, it } from 'vitest';
import { createPathResolver } from './canonical-path.ts';

const resolver = createPathResolver(
  new Map([
    ['lib', 'usr/lib'],
    ['usr/lib64', '/usr/lib'],
    ['etc/os-release', '../usr/lib/os-release'],
    ['usr/bin/X11', '.'],
    ['up', '../../../usr'],
    ['a', 'b'],
    ['b', 'a'],
    ['self', 'self/x'],
    ...Array.from({ length: 39 }, (_, step) => [`hop${step}`, `hop${step + 1}`] as const),
    ['hop39', 'usr'],
    ['hop-before', 'hop0'],
    ['far', 'x/'.repeat(255)],
    ['farther', 'x/'.repeat(256)],
  ]),
);

describe('createPathResolver', () => {
  it.each([
    ['lib/x86_64/libc.so.6', 'usr/lib/x86_64/libc.so.6'],
    ['usr/lib64/libz.so', 'usr/lib/libz.so'],
    ['etc/os-release', 'etc/os-release'],
    ['usr/bin/X11/X11/xterm', 'usr/bin/xterm'],
    ['up/share/doc', 'usr/share/doc'],
    ['lib', 'lib'],
    ['plain/file', 'plain/file'],
    ['hop0/file', 'usr/file'],
    ['hop-before/file', undefined],
    ['a/file', undefined],
    ['self/file', undefined],
    ['far/file', `${'x/'.repeat(255)}file`],
    ['farther/file', undefined],
  ])('%s lies at %s', (path, canonical) => {
    expect(resolver.canonical(path)).toBe(canonical);
  });

  it('follows the last part only when asked to', () => {
    expect(resolver.real('etc/os-release')).toBe('usr/lib/os-release');
    expect(resolver.real('lib')).toBe('usr/lib');
    expect(resolver.real('a')).toBeUndefined();
  });
});
