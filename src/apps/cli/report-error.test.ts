import { expect, test } from 'vitest';
import { AppError, errorCatalogue } from '#base/index.ts';
import { reportError } from './report-error.ts';
import { recordingTerminal } from './testing.ts';

test.each([
  ['usage', 2],
  ['target-not-found', 2],
  ['console-unreachable', 2],
  ['target-corrupt', 3],
  ['database-missing', 3],
  ['database-unreadable', 3],
  ['database-untrusted', 3],
] as const)('%s ends with %i: what is unknown is not a wrong call', (code, exit) => {
  const terminal = recordingTerminal();
  expect(reportError(new AppError(code, 'What happened.', { next: 'What to do.' }), terminal)).toBe(exit);
  expect(terminal.said).toEqual({ out: '', err: `seawall: What happened. What to do. [${code}]\n` });
});

test.each([
  ['both', 2],
  ['errors', 2],
  ['output', 1],
  [undefined, 1],
] as const)('seen: %s → %i lines, and the hint after the reason', (seen, lines) => {
  const terminal = recordingTerminal(seen === undefined ? {} : { seen });
  reportError(new AppError('usage', 'What happened.', { next: 'What to do.' }), terminal);
  const { err } = terminal.said;
  expect(err.trimEnd().split('\n')).toHaveLength(lines);
  expect(err.indexOf('What to do.')).toBeGreaterThan(err.indexOf('What happened.'));
  expect(
    err
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('seawall: ') && line.endsWith(' [usage]')),
  ).toHaveLength(1);
});

test('what to do next fits 100 columns, whatever the code', () => {
  expect(Object.values(errorCatalogue).filter(({ next }) => next.length > 100)).toEqual([]);
});

test('what strangers wrote moves no cursor and makes no line, in errors and in faults of ours', () => {
  const hostile = 'image\u001b[2J\u009b31m\r\nseawall: pass\u202e';
  for (const error of [new AppError('target-unreadable', hostile, { next: hostile }), new Error(hostile), hostile]) {
    const terminal = recordingTerminal();
    reportError(error, terminal);
    const bare = terminal.said.err.replaceAll('\n', '');
    expect(bare).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(terminal.said.err.split('\n').at(-2)).toContain('image\ufffd[2J');
  }
});
