import { describe, expect, test } from 'vitest';
import type { ScanResult } from '../../scan/result.ts';
import { sampleChecks, sampleFinding, sampleResult } from '../testing.ts';
import { sarif } from './index.ts';
import { sarifProblems } from './testing.ts';

const options = { colour: false, columns: 80, now: new Date('2026-11-24T12:00:00Z') };

function problemsOf(change: Partial<ScanResult>): readonly unknown[] {
  return sarifProblems(JSON.parse(sarif.render(sampleResult(change), options)));
}

describe('by the schema of OASIS', () => {
  const { verdict, catalog } = sampleResult();
  const { path: _, score: __, fixed: ___, ...bare } = sampleFinding({ severity: 'unrated', id: 'GHSA-1', layer: 9 });
  const evil = '[x](http://y) {0} \u202e\u0000 \ud800 \\';

  test.each<readonly [string, Partial<ScanResult>]>([
    ['a usual result', {}],
    ['no finding', { findings: [] }],
    ['findings without path, score and fix', { findings: [bare, { ...bare, path: 'a.war!/b.jar' }] }],
    ['a folder', { target: 'dir:/', subject: { kind: 'file-system', id: 'host:x' as never, name: 'x', path: '/' } }],
    [
      'an exception',
      {
        verdict: { ...verdict, excepted: [{ finding: 'CVE-2026-24515', purl: sampleFinding().purl, exception: 'x' }] },
      },
    ],
    ['no verdict', { verdict: { ...verdict, kind: 'cannot-judge', reason: '' } }],
    [
      'faults of all kinds',
      {
        catalog: {
          ...catalog,
          faults: [
            { code: 'new', message: evil, path: evil },
            { code: 'unknown-version', message: '' },
          ],
        },
      },
    ],
    [
      'names of strangers',
      { target: evil, findings: [sampleFinding({ id: evil, summary: evil, path: evil, package: evil, purl: evil })] },
    ],
    ['checks', sampleChecks()],
    ['alike findings', { findings: [sampleFinding(), sampleFinding()] }],
  ])('%s is valid', (_, change) => expect(problemsOf(change)).toEqual([]));

  test('the schema refuses what is none', () => {
    expect(sarifProblems({ version: '2.1.0', runs: [{ tool: {} }] })).not.toEqual([]);
    const document = JSON.parse(sarif.render(sampleResult(), options));
    document.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = 'a b';
    expect(sarifProblems(document)).not.toEqual([]);
  });
});
