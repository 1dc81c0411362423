import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { layerProgress, progressLine } from './progress.ts';
import { processTerminal } from './terminal.ts';
import { recordingTerminal } from './testing.ts';

function terminalOf(
  env: Readonly<Record<string, string>>,
  streams: { readonly out?: boolean; readonly err?: boolean },
) {
  const stream = (isTTY: boolean | undefined) => Object.assign(new PassThrough(), { isTTY: isTTY ?? false });
  return processTerminal({ stdout: stream(streams.out), stderr: stream(streams.err), env } as never);
}

describe('the terminal of a process', () => {
  test.each([
    { env: {}, out: true, colour: true },
    { env: {}, out: false, colour: false },
    { env: { NO_COLOR: '1' }, out: true, colour: false },
    { env: { NO_COLOR: '' }, out: true, colour: true },
    { env: { FORCE_COLOR: '1' }, out: false, colour: true },
    { env: { FORCE_COLOR: '1', NO_COLOR: '1' }, out: false, colour: true },
    { env: { FORCE_COLOR: '0' }, out: true, colour: false },
    { env: { TERM: 'dumb' }, out: true, colour: false },
  ])('$env, standard output a terminal: $out → colour: $colour', ({ env, out, colour }) => {
    expect(terminalOf(env, { out }).colour).toBe(colour);
  });

  test('draws progress where standard error is one, wherever the result goes', () => {
    expect(terminalOf({}, { out: false, err: true }).progress).toBe(true);
    expect(terminalOf({}, { out: true, err: false }).progress).toBe(false);
    expect(terminalOf({ TERM: 'dumb' }, { err: true }).progress).toBe(false);
  });

  test.each([
    [true, true, 'both'],
    [true, false, 'output'],
    [false, true, 'errors'],
    [false, false, undefined],
  ] as const)('output at a terminal: %s, errors: %s → seen: %s', (out, err, seen) => {
    expect(terminalOf({}, { out, err }).seen).toBe(seen);
  });

  test('is 80 columns wide without one', () => {
    expect(terminalOf({}, {}).columns).toBe(80);
  });

  test('knows whether output and errors share one file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-terminal-'));
    const open = (name: string): number => openSync(join(folder, name), 'w');
    const [first, second, same] = [open('a'), open('b'), open('a')];
    const terminal = (out: number, err: number) =>
      processTerminal({
        stdout: Object.assign(new PassThrough(), { fd: out }),
        stderr: Object.assign(new PassThrough(), { fd: err }),
        env: {},
      } as never);
    expect([
      terminal(first, same).isOneStream,
      terminal(first, second).isOneStream,
      terminal(first, 999).isOneStream,
    ]).toEqual([true, false, false]);
    for (const one of [first, second, same]) closeSync(one);
    rmSync(folder, { recursive: true });
  });

  test('takes a pipe that was closed early as an end', () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: false });
    const stderr = new PassThrough();
    processTerminal({ stdout, stderr, env: {} } as never);
    for (const stream of [stdout, stderr]) stream.emit('error', Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    expect(stderr.read()).toBe(null);
  });

  test.each([
    [
      'list formats > /dev/full',
      2,
      /^seawall: The output cannot be written: ENOSPC.* Make room.* \[output-unwritable\]\n$/,
    ],
    ['scan nonsense: 2> /dev/full', 2, /^$/],
    ['list formats 2>&1 >&- | true', 0, /^$/],
    ['list formats | true', 0, /^$/],
  ])('a command whose output or errors nobody takes: %s', { timeout: 60_000 }, (words, code, says) => {
    const main = join(import.meta.dirname, 'main.ts');
    const { status, stderr } = spawnSync(
      'bash',
      ['-o', 'pipefail', '-c', `"$0" "$1" ${words}`, process.execPath, main],
      {
        encoding: 'utf8',
      },
    );
    expect([status, stderr]).toEqual([code, expect.stringMatching(says)]);
  });
});

describe('progress', () => {
  test('is one line, drawn over itself, within the width, and removed at the end', () => {
    const terminal = recordingTerminal({ progress: true, columns: 40 });
    const progress = layerProgress(terminal);
    progress.show({ layer: 1, layers: 2 });
    progress.end();
    expect(terminal.said).toEqual({
      out: '',
      err: '\r\u001b[2KReading layer 1 of 2 [██████████░░░░░░░\r\u001b[2K',
    });
  });

  test('says nothing where nobody looks', () => {
    const terminal = recordingTerminal();
    const line = progressLine(terminal);
    line.show('reading');
    line.end();
    expect(terminal.said).toEqual({ out: '', err: '' });
  });

  test('shows names of strangers as text', () => {
    const terminal = recordingTerminal({ progress: true });
    progressLine(terminal).show('npm\u001b]0;owned\u0007');
    expect(terminal.said.err).toBe('\r\u001b[2Knpm\ufffd]0;owned\ufffd');
  });
});
