import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { json } from '../formats/json/index.ts';
import { sarif } from '../formats/sarif/index.ts';
import { sarifProblems } from '../formats/sarif/testing.ts';
import { table } from '../formats/table/index.ts';
import { sampleFinding, sampleResult } from '../formats/testing.ts';
import { againstBaseline, baselineOf, countedFindings, withBaseline } from './baseline.ts';
import type { ScanResult } from './result.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));
const options = { colour: false, columns: 100, now: new Date('2026-11-24T12:00:00Z') };

function written(name: string, result: ScanResult): string {
  const file = join(folder, name);
  writeFileSync(file, json.render(result, options));
  return file;
}

const old = [
  sampleFinding(),
  sampleFinding({ id: 'CVE-2026-2' }),
  sampleFinding({ id: 'CVE-2026-3', severity: 'low' }),
];
const now = [sampleFinding(), sampleFinding({ id: 'CVE-2026-3' }), sampleFinding({ id: 'CVE-2026-4' })];

async function compared(): Promise<ScanResult> {
  const baseline = await baselineOf(written('old.json', sampleResult({ target: 'app:7', findings: old })));
  if (baseline === undefined) throw new Error('no baseline');
  return sampleResult({ findings: now, baseline: againstBaseline(now, baseline) });
}

describe('against a baseline', () => {
  test('what it has as well does not count, and the verdict says so', async () => {
    const { baseline, verdict, findings } = await compared();
    expect(baseline && countedFindings(findings, baseline).map(({ id }) => id)).toEqual(['CVE-2026-3', 'CVE-2026-4']);
    expect(baseline && withBaseline(verdict, baseline).reason).toBe(
      'Beyond the baseline: 1 finding reaches the limit Medium. 1 finding of the baseline does not count.',
    );
  });

  test('the formats tell what is new, worse, known and gone', async () => {
    const result = await compared();
    const document = JSON.parse(json.render(result, options));
    expect(document.findings.map((one: { baseline: string }) => one.baseline)).toEqual(['known', 'worse', 'new']);
    expect(document.baseline).toMatchObject({ target: 'app:7', new: 1, worse: 1, known: 1 });
    expect(document.baseline.gone).toMatchObject([{ id: 'CVE-2026-2', package: 'libexpat1' }]);
    const lines = table.render(result, { ...options, list: {} });
    expect(lines).toContain('Against the baseline app:7: 1 new, 1 worse, 1 known, 1 gone.');
    expect(lines).toMatch(/CVE-2026-4 KEV new/);
    const text = sarif.render(result, options);
    expect(sarifProblems(JSON.parse(text))).toEqual([]);
    expect(text.match(/"baselineState": ?"(\w+)"/g)?.join(' ')).toMatch(/unchanged.*updated.*new/);
  });
});

describe('a baseline is refused', () => {
  const { database: _, ...unmatched } = sampleResult();
  test.each([
    ['that is not there', join(folder, 'none.json'), /is no JSON result of a scan: ENOENT/],
    ['that has no end', '/dev/zero', /is no JSON result of a scan: it is larger than \d+ bytes/],
    ['that is cut off', () => cut(), /is no JSON result of a scan: it is not valid JSON/],
    ['that is other JSON', () => other(), /is no JSON result of a scan/],
    ['without a database', () => written('unmatched.json', unmatched), /its findings are unknown/],
  ])('%s', async (_name, file, message) => {
    await expect(baselineOf(typeof file === 'string' ? file : file())).rejects.toThrow(message);
  });

  function cut(): string {
    const file = join(folder, 'cut.json');
    writeFileSync(file, json.render(sampleResult(), options).slice(0, -20));
    return file;
  }

  function other(): string {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"schemaVersion":2}');
    return file;
  }
});

test('without one nothing is compared', async () => {
  expect(await baselineOf(undefined)).toBeUndefined();
  expect(json.render(sampleResult(), options)).not.toContain('baseline');
});
