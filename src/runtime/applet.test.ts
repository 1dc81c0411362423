import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anyApplet, appletNumber, appletOf, namedApplet } from './applet.ts';

const rows = readFileSync(join(import.meta.dirname, '../../native/test/applet-cases.tsv'), 'utf8')
  .split('\n')
  .filter((row) => row !== '' && !row.startsWith('#'))
  .map((row) => row.split('\t'));
/** Words that no NUL ends are the kernel's alone: argv reaches this side whole. */
const whole = rows.filter(([, words = '']) => words.endsWith('|'));

test.each(whole)(
  'of a program %s with the words %s it is %s',
  (...[own = '', words = '', applet = '', number = '']) => {
    const said = appletOf(words.slice(0, -1).split('|'), own === '-' ? undefined : own);
    expect([said, appletNumber(said).toString(16)]).toEqual([applet, number]);
  },
);

test('the table has what matters', () => {
  expect(whole.length).toBeGreaterThan(45);
  expect(appletNumber(anyApplet)).toBe(0n);
});

test.each([
  ['/bin/busybox', ['ls', '-l'], 'ls'],
  ['/usr/bin/busybox1.36', ['busybox1.36', 'nc'], 'nc'],
  ['/usr/bin/busybox', [], undefined],
  ['/usr/bin/busybox', undefined, undefined],
  ['/usr/bin/python3', ['python3', '-m', 'x'], undefined],
] as const)('of %s with %j it is %s', (path, argv, applet) => {
  expect(namedApplet(path, argv)).toBe(applet);
});
