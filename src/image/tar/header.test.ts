import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { file, tarHeader } from '../../../test/make/tar.ts';
import { readHeader, readNumber } from './header.ts';

const read = (text: string): number | undefined => readNumber(Buffer.from(text, 'latin1'), 0, text.length);

describe('readNumber', () => {
  it.each([
    ['0000644\0', 0o644],
    ['   644 \0', 0o644],
    ['\0\0 17\0\0\0', 0o17],
    ['644 junk', 0o644],
    ['77777777', 0o77777777],
    ['777777777777', 0o777777777777],
    ['\0\0\0\0\0\0\0\0', 0],
    ['        ', 0],
    ['', 0],
    ['0000648\0', undefined],
    ['-000644\0', undefined],
    ['0x1f\0\0\0\0', undefined],
    ['64\t4\0\0\0\0', undefined],
  ])('reads %j', (text, expected) => expect(read(text)).toBe(expected));

  it('reads what stands before the end of the bytes', () => {
    expect(readNumber(Buffer.from('17'), 0, 12)).toBe(0o17);
  });

  it('reads every text as the rule says', () => {
    const bytes = fc
      .array(fc.constantFrom(...Array.from(' \0\t01234567890189/a')), { maxLength: 12 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(bytes, (text) => void expect(read(text)).toBe(byRule(text))),
      { numRuns: 2000 },
    );
  });

  /** Spaces and zeros before and behind are none of it; what is left is octal digits alone. */
  function byRule(text: string): number | undefined {
    const digits = text.replace(/^[ \0]+/, '').replace(/[ \0].*$/s, '');
    if (digits === '') return 0;
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
  }
});

describe('readHeader', () => {
  const named = (path: string, change: (header: Buffer) => void = () => undefined) => {
    const header = Buffer.from(tarHeader(file(path, 'abc')));
    change(header);
    return readHeader(header, 0);
  };
  const stateSum = (header: Buffer, isSigned: boolean): void => {
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + (isSigned && byte > 127 ? byte - 256 : byte), 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  };

  it.each([
    ['of unsigned bytes', false],
    ['of signed bytes', true],
  ])('takes a checksum %s', (_, isSigned) => {
    const block = named('ümlaut', (header) => stateSum(header, isSigned));
    expect(block).toMatchObject({ kind: 'header', header: { path: 'ümlaut', size: 3 } });
  });

  it('refuses any other checksum', () => {
    expect(named('file', (header) => header.write('7', 0)).kind).toBe('bad');
    expect(named('file', (header) => header.write('7', 511)).kind).toBe('bad');
  });

  it('takes the prefix of a path from POSIX headers alone', () => {
    const withPrefix = (magic: string) =>
      named('file', (header) => {
        header.write(magic, 257, 'latin1');
        header.write('far/away', 345);
        stateSum(header, false);
      });
    expect(withPrefix('ustar\u000000')).toMatchObject({ header: { path: 'far/away/file' } });
    expect(withPrefix('ustar  \0')).toMatchObject({ header: { path: 'file' } });
    expect(withPrefix('uster\u000000')).toMatchObject({ header: { path: 'file' } });
  });

  it('sees an empty block, at any place', () => {
    expect(readHeader(Buffer.alloc(1024), 512).kind).toBe('empty');
  });
});
