import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { json } from '../formats/json/index.ts';
import { sampleFinding, sampleResult } from '../formats/testing.ts';
import { lastLine, recordingTerminal } from '../testing.ts';
import type { ScanResult } from '../scan/result.ts';
import { run } from './diff.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

const whole = { ...sampleResult().catalog, faults: [] };
const unjudged = { code: 'no-advisory-data', message: 'No feed speaks for it.' } as const;

function written(name: string, change: Partial<ScanResult>): string {
  const file = join(folder, `${name}.json`);
  const result = sampleResult({ target: name, catalog: whole, ...change });
  writeFileSync(file, json.render(result, { colour: false, columns: 80, now: new Date() }));
  return file;
}

const [first, second] = [sampleFinding(), sampleFinding({ id: 'CVE-2026-9' })];
const one = written('one', { findings: [first] });
const two = written('two', { findings: [second, first] });
const higher = written('higher', { findings: [{ ...first, severity: 'critical' }] });
const doubtful = written('doubtful', { findings: [first], catalog: sampleResult().catalog });
const partly = written('partly', { findings: [first], catalog: { ...whole, faults: [unjudged] } });

async function diff(words: readonly string[], options = {}) {
  const terminal = recordingTerminal({ columns: 100 });
  const call = {
    arguments: words,
    options: { cache: false, ...options },
    terminal,
    env: { HOME: folder },
    program: [],
  };
  return { code: await run(call), ...terminal.said };
}

describe('the difference', () => {
  test.each([
    ['of equal results is none', one, one, 0, 'pass: No finding is new or worse.'],
    ['is a new finding', one, two, 1, 'fail: 1 new, 0 worse.'],
    ['is a finding that is rated higher', one, higher, 1, 'fail: 0 new, 1 worse.'],
    ['is a finding that is gone', two, one, 0, 'pass: No finding is new or worse.'],
    ['to what was not seen in full is unknown', one, doubtful, 3, 'cannot-judge: Not all was seen. doubtful: A file'],
    ['from what was not seen in full is unknown', doubtful, one, 3, 'cannot-judge: Not all was seen. doubtful: A file'],
    ['of what nobody speaks for is known', partly, partly, 0, 'pass: No finding is new or worse.'],
  ])('%s', async (...[, old, now, code, reason]) => {
    const said = await diff([old, now]);
    expect(said.code).toBe(code);
    expect(lastLine(said.err)).toContain(reason);
  });

  test('is told in a table and as JSON', async () => {
    const { out } = await diff([one, two]);
    expect(out).toMatch(/^one → two\n/);
    expect(out).toMatch(/^new {5}High {6}CVE-2026-9 KEV {2}libexpat1/m);
    expect(out).toContain('Findings: 1 new, 0 worse, 0 gone, 1 known.');
    const document = JSON.parse((await diff([two, one], { format: 'json' })).out);
    expect(document).toMatchObject({ old: 'two', new: 'one', findings: { new: [], worse: [], known: 1 } });
    expect(document.findings.gone).toMatchObject([{ id: 'CVE-2026-9' }]);
  });

  test('tells packages that came and went', async () => {
    const [libexpat] = whole.packages;
    if (libexpat === undefined) throw new Error('no package');
    const newer = written('newer', { catalog: { ...whole, packages: [{ ...libexpat, version: '2.7.3-2' }] } });
    const document = JSON.parse((await diff([one, newer], { format: 'json' })).out);
    expect(document.packages).toMatchObject({ new: [{ version: '2.7.3-2' }], gone: [{ version: '2.7.1-2' }], kept: 0 });
  });

  test('needs a database for what is no result', async () => {
    await expect(diff([one, `dir:${folder}`], { db: join(folder, 'none.db') })).rejects.toMatchObject({
      code: 'database-missing',
    });
    await expect(diff([one, two], { format: 'xml' })).rejects.toMatchObject({ code: 'usage' });
  });
});
