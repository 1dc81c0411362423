import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sampleResult } from '../formats/testing.ts';
import { recordingTerminal } from '../testing.ts';
import type { RenderOptions } from './result.ts';
import { outputsOf, showsVerdict, writeOutputs } from './outputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function where(format?: readonly string[], output?: string): readonly string[] {
  return outputsOf({ format, output }).map((one) => `${one.format.id} ${one.file ?? '-'}`);
}

describe('where a result goes', () => {
  test.each([
    [undefined, undefined, ['table -']],
    [['json'], undefined, ['json -']],
    [['json'], 'a.json', ['json a.json']],
    [['html=a.html', 'sarif=b.sarif'], undefined, ['table -', 'html a.html', 'sarif b.sarif']],
    [['html=a.html', 'json'], undefined, ['json -', 'html a.html']],
    [['html=a.html', 'json'], 'b.json', ['json b.json', 'html a.html']],
    [['html=a=b.html'], undefined, ['table -', 'html a=b.html']],
  ])('%j with --output %s', (format, output, outputs) => expect(where(format, output)).toEqual(outputs));

  test.each([
    [['json', 'html'], undefined, 'Only one format'],
    [['jsn'], undefined, 'There is no format jsn'],
    [['jsn=a'], undefined, 'There is no format jsn'],
    [['html='], undefined, 'names no file'],
    [['html=a', 'json=a'], undefined, 'same file a'],
    [['html=a'], 'a', 'same file a'],
  ])('%j with --output %s is refused', (format, output, message) => {
    expect(() => where(format, output)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
    );
  });

  test('every file is written, in plain text, also when another cannot be', async () => {
    const terminal = recordingTerminal({ colour: true });
    const [bad, good] = [join(folder, 'missing/a.html'), join(folder, 'b.json')];
    const outputs = outputsOf({ format: [`html=${bad}`, `json=${good}`, 'table'] });
    await expect(writeOutputs(outputs, sampleResult(), { terminal, now: new Date() })).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining(bad),
    });
    expect(existsSync(bad)).toBe(false);
    expect(JSON.parse(readFileSync(good, 'utf8')).verdict.kind).toBe('fail');
    expect(terminal.said.out).toContain('FAIL');
  });

  test('what a format leaves out is said on standard error', async () => {
    const terminal = recordingTerminal();
    const remark = () => 'It was cut.';
    const format = { id: 'x', version: 1, summary: '', render: () => 'text', remark };
    await writeOutputs([{ format }], sampleResult(), { terminal, now: new Date() });
    expect(terminal.said).toEqual({ out: 'text', err: 'It was cut.\n' });
  });

  test.each([
    [undefined, 'both', true],
    [['html=a'], 'both', true],
    [undefined, 'output', false],
    [undefined, 'errors', false],
    [undefined, undefined, false],
    [['json'], 'both', false],
    [['table=a', 'json'], 'both', false],
  ] as const)('%j, seen %s: the verdict is read there: %s', (format, seen, shown) => {
    const terminal = recordingTerminal(seen === undefined ? {} : { seen });
    expect(showsVerdict(outputsOf({ format }), terminal)).toBe(shown);
  });

  test('a terminal and a pipe have their width, a file has 80 columns', async () => {
    const seen: unknown[] = [];
    const format = {
      id: 'x',
      version: 1,
      summary: '',
      render: (_: unknown, { columns, isVerdictBelow }: RenderOptions) => String(seen.push([columns, isVerdictBelow])),
    };
    const outputs = [{ format }, { format, file: join(folder, 'c') }];
    const now = new Date();
    for (const settings of [{ seen: 'output' }, { isOneStream: true }, { isOneStream: false }] as const)
      await writeOutputs(outputs, sampleResult(), { terminal: recordingTerminal({ columns: 77, ...settings }), now });
    expect(seen).toEqual([
      [77, false],
      [80, false],
      [77, true],
      [80, false],
      [77, false],
      [80, false],
    ]);
  });
});
