import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeElf } from '../../../test/make/elf.ts';
import { programOf, wholeSpans } from '../program.ts';
import { programs } from './reader.ts';

function reported(bytes: Uint8Array, path: string): string {
  const program = programOf({ path, size: bytes.length, bytes: wholeSpans(bytes), isWhole: true });
  const analysis = program && programs.program?.(program);
  return analysis === undefined || analysis === 'not-at-hand'
    ? ''
    : analysis.packages.map(({ purl }) => purl).join(' ');
}

function withText(text: string, isDynamic = false): Buffer {
  return makeElf([{ name: '.rodata', content: Buffer.from(`\0${text}\0`) }], { isDynamic });
}

const banner = 'BusyBox v1.36.1 (2024-06-10 07:11:47 UTC)';

describe('BusyBox', () => {
  test.each([
    ['by any name when it is static', withText(banner), 'bin/wget', 'pkg:generic/busybox@1.36.1'],
    ['by its own names when it is not', withText(banner, true), 'bin/[', 'pkg:generic/busybox@1.36.1'],
    ['by no other name when it is not', withText(banner, true), 'usr/bin/scanner', ''],
    ['by its banner alone', withText('BusyBox v1.36.1'), 'bin/busybox', ''],
    ['behind another text', withText(`BusyBox vX\0${banner}`), 'bin/busybox', 'pkg:generic/busybox@1.36.1'],
  ])('is known %s', (...[, bytes, path, expected]) => expect(reported(bytes, path)).toBe(expected));

  test('of this machine is known', () => {
    expect(reported(readFileSync('/usr/bin/busybox'), 'bin/sh')).toMatch(/^pkg:generic\/busybox@\d+\.\d+\.\d+$/);
  });
});
