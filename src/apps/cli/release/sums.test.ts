import { expect, test } from 'vitest';
import { readSums, writeSums } from './sums.ts';

const digest = 'a'.repeat(64);
const line = (name: string): string => `${digest}  ${name}\n`;

test('a list is read as it was written, in order', () => {
  const digests = new Map([
    ['seawall.cjs', digest],
    ['seawall-0.1.0-linux-x64.tar.gz', 'b'.repeat(64)],
  ]);
  const text = writeSums(digests);
  expect(text).toBe(`${'b'.repeat(64)}  seawall-0.1.0-linux-x64.tar.gz\n${digest}  seawall.cjs\n`);
  expect(readSums(text)).toEqual({ kind: 'read', digests });
  expect(readSums(`${digest} *seawall.cjs\n`)).toEqual({ kind: 'read', digests: new Map([['seawall.cjs', digest]]) });
});

test.each([
  { what: 'nothing', text: '', why: 'it names no file' },
  { what: 'an empty line alone', text: '\n', why: 'line 1 is not a digest and a file name' },
  { what: 'a cut line', text: line('a').slice(0, -1), why: 'its last line is not complete' },
  { what: 'a cut digest', text: `${digest.slice(1)}  a\n`, why: 'line 1 is not a digest and a file name' },
  { what: 'capital digits', text: `${'A'.repeat(64)}  a\n`, why: 'line 1 is not a digest and a file name' },
  { what: 'a name twice', text: line('a') + line('a'), why: 'it names a twice' },
  { what: 'itself', text: line('SHA256SUMS'), why: 'line 1 names SHA256SUMS, which no list can name' },
  { what: 'too many lines', text: line('a').repeat(1001), why: 'it has more than 1000 lines' },
  ...[
    '../a',
    '/etc/passwd',
    'a/b',
    '.',
    '..',
    '.hidden',
    '-rf',
    'a\\b',
    'a b',
    'a\u0000',
    'a\u001b[2J',
    '',
    'é',
    'a'.repeat(201),
  ].map((name) => ({
    what: `the name ${JSON.stringify(name)}`,
    text: line('first') + line(name),
    why: 'line 2 is not a digest and a file name',
  })),
])('refuses $what', ({ text, why }) => {
  expect(readSums(text)).toEqual({ kind: 'bad', why });
});
