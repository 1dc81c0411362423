import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sourcesFor } from './apt.ts';
import { quoted } from './shell.ts';

test("another release's packages come from where this machine has its own", () => {
  const targets = [
    'http://packages.example/debian/ trixie main /usr/share/keyrings/debian.pgp ',
    'http://packages.example/debian/ trixie main /usr/share/keyrings/debian.pgp ',
    'http://packages.example/security/ trixie-security main $(SIGNED_BY) ',
    'http://packages.example/debian/ sid main /usr/share/keyrings/debian.pgp ',
    'file:/usr/share/own/ ./ $(COMPONENT) $(SIGNED_BY) ',
  ];
  expect(sourcesFor('bookworm', targets.join('\n'), 'trixie')).toEqual([
    'deb [signed-by=/usr/share/keyrings/debian.pgp] http://packages.example/debian/ bookworm main',
    'deb http://packages.example/security/ bookworm-security main',
  ]);
});

test('a shell takes a quoted line apart into the same words', () => {
  const words = ['a b', '', "it's", '$HOME', '`id`', '"\\', 'a\nb', '*', '-n'];
  const line = `for word in ${quoted(words)}; do printf '%s\\0' "$word"; done`;
  expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' })).toBe(words.map((word) => `${word}\0`).join(''));
});
