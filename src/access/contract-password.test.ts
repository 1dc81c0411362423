import { describe, expect, it, test } from 'vitest';
import { commonPasswords } from './console/common-passwords.ts';
import { passwordFault } from './contract-password.ts';

const short = expect.stringContaining('fewer than 12');
const easy = expect.stringContaining('easy to guess');

describe('a new password', () => {
  test.each([
    ['correct horse battery', undefined],
    ['v9$Lq2!xTz7#', undefined],
    ['the harbour is full of fog', undefined],
    ['дождь над гаванью', undefined],
    ['too short', short],
    ['😀😀😀😀😀😀', short],
    ['e\u0301'.repeat(11), short],
    ['password1234', easy],
    ['Password1234!', easy],
    ['passwordpassword', easy],
    ['qwertyuiop123', easy],
    ['123456789012', easy],
    ['abcdefghijklmnop', easy],
    ['zzzzzzzzzzzzzzzz', easy],
    ['xkxkxkxkxkxkxkxk', easy],
    ['Seawall-Seawall-1', easy],
    ['mira.holm 2026', easy],
    ['MIRA.HOLM.mira1!', easy],
    ['lone surrogate \ud800', expect.stringContaining('no text')],
  ])('%j of mira.holm', (password, fault) => {
    expect(passwordFault(password, 'mira.holm', commonPasswords)).toEqual(fault);
  });

  it('is measured without the list before it is sent', () => {
    expect(passwordFault('seawall seawall', 'mira')).toEqual(easy);
    expect(passwordFault('password1234', 'mira')).toBeUndefined();
  });

  it('is measured quickly, however long', () => {
    const begun = performance.now();
    for (const text of ['ab'.repeat(512), 'a'.repeat(1024), 'abcdefgh1'.repeat(113), '\ufdfa'.repeat(1024)])
      passwordFault(text, 'x'.repeat(128), commonPasswords);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
