import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { ScanResult } from '../../scan/result.ts';
import { sampleFinding, sampleResult } from '../testing.ts';
import { sarif } from './index.ts';

const options = { colour: false, now: new Date('2026-11-24T12:00:00Z') };

/** OASIS's own schema, as published. It is of draft 4, which in what it uses is the same but for the key `id`. */
function schema(): object {
  const text = readFileSync(join(import.meta.dirname, 'fixtures/sarif-2.1.0.json'), 'utf8');
  const { id: _, $schema: __, ...rest } = JSON.parse(text);
  return rest;
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addFormat('uri-reference', (text) => /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(text));
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
const isValid = ajv.compile(schema());

function problemsOf(change: Partial<ScanResult>): readonly unknown[] {
  isValid(JSON.parse(sarif.render(sampleResult(change), options)));
  return isValid.errors ?? [];
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
    ['alike findings', { findings: [sampleFinding(), sampleFinding()] }],
  ])('%s is valid', (_, change) => expect(problemsOf(change)).toEqual([]));

  test('the schema refuses what is none', () => {
    expect(isValid({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false);
    const document = JSON.parse(sarif.render(sampleResult(), options));
    document.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = 'a b';
    expect(isValid(document)).toBe(false);
  });
});
