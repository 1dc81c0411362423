import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { type TokenInput, tokenReader } from './join-token.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-token-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fromInput = (input: TokenInput, say: (text: string) => void = () => undefined) =>
  tokenReader({ kind: 'input' }, { input, say });

describe('a join token', () => {
  test('is read from a file, which is opened only when it is needed', async () => {
    const file = join(folder, 'token');
    const { readToken } = tokenReader({ kind: 'file', file }, { input: new PassThrough(), say: () => undefined });
    await expect(readToken({ kind: 'file', file })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(file),
      next: expect.stringContaining('on one line'),
    });
    writeFileSync(file, '  seawall-join_x\n\n# rack 3\n');
    expect(await readToken({ kind: 'file', file })).toBe('seawall-join_x');
    writeFileSync(file, '\n');
    await expect(readToken({ kind: 'file', file })).rejects.toMatchObject({ code: 'usage' });
  });

  test('is the first line of a pipe that stays open, also in pieces', async () => {
    const input = new PassThrough();
    const { readToken } = fromInput(input);
    input.write('seawall-');
    input.write('join_x\nmore');
    expect(await readToken({ kind: 'input' })).toBe('seawall-join_x');
    expect(input.destroyed).toBe(false);
  });

  test('is what a pipe held when it ended, and nothing is an error', async () => {
    const ended = new PassThrough();
    const { readToken } = fromInput(ended);
    ended.end('seawall-join_x');
    expect(await readToken({ kind: 'input' })).toBe('seawall-join_x');
    const empty = new PassThrough();
    const nothing = fromInput(empty);
    empty.end();
    await expect(nothing.readToken({ kind: 'input' })).rejects.toMatchObject({ code: 'usage' });
  });

  test('ends where a pipe sends without an end', async () => {
    const input = new PassThrough();
    const { readToken } = fromInput(input);
    input.write('x'.repeat(5000));
    expect((await readToken({ kind: 'input' })).length).toBe(5000);
  });

  test('is asked for on a terminal without showing it, and only when it is needed', async () => {
    const modes: boolean[] = [];
    const said: string[] = [];
    const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => modes.push(mode) });
    const { readToken } = fromInput(terminal, (text) => said.push(text));
    expect([modes, said]).toEqual([[], []]);
    const reading = readToken({ kind: 'input' });
    terminal.write('seawall-join_y\u007fx\r');
    expect(await reading).toBe('seawall-join_x');
    expect([modes, said.join('')]).toEqual([
      [true, false],
      'Paste the join token and press Enter; it is not shown: \n',
    ]);
    const second = readToken({ kind: 'input' });
    terminal.write('sea\u0003');
    await expect(second).rejects.toMatchObject({ code: 'usage' });
    expect(modes).toEqual([true, false, true, false]);
  });
});
