import { describe, expect, test } from 'vitest';
import { formats } from './index.ts';
import { sampleFinding, sampleResult } from './testing.ts';

const options = { colour: false, columns: 200, now: new Date('2026-11-24T12:00:00Z') };
const ignored = sampleFinding({
  id: 'CVE-2026-100',
  suppressed: { kind: 'ignored', by: '.trivyignore', reason: 'Accepted by Ann (until 2027-01-31)' },
});
const stated = sampleFinding({
  id: 'CVE-2026-200',
  suppressed: { kind: 'stated', by: 'a.json, OpenVEX of Acme', reason: 'not affected: component not present' },
});

function rendered(id: string): string {
  const result = sampleResult({ findings: [sampleFinding(), ignored, stated] });
  return formats.find((format) => format.id === id)?.render(result, options) ?? '';
}

describe.each(formats)('$id', ({ id }) => {
  test('shows what is ignored with its reason and who says so', () => {
    const text = rendered(id);
    for (const word of ['CVE-2026-100', 'Accepted by Ann (until 2027-01-31)']) expect(text).toContain(word);
    if (id !== 'spdx') expect(text).toContain('.trivyignore');
  });
});

// Code scanning takes each result for a finding, so SARIF has the number of them only.
test.each(formats.filter(({ id }) => id !== 'sarif'))('$id shows what a VEX document answers', ({ id }) => {
  const text = rendered(id);
  for (const word of ['CVE-2026-200', 'not affected: component not present']) expect(text).toContain(word);
});

test('CycloneDX calls the one not affected, and says no state of the other', () => {
  const { vulnerabilities } = JSON.parse(rendered('cyclonedx'));
  expect(vulnerabilities.slice(1)).toMatchObject([
    { id: 'CVE-2026-100', analysis: { detail: expect.stringContaining('Accepted by Ann') } },
    { id: 'CVE-2026-200', analysis: { state: 'not_affected' } },
  ]);
  expect(vulnerabilities[1].analysis).not.toHaveProperty('state');
  expect(
    vulnerabilities.map(
      ({ affects }: { affects?: [{ versions: [{ status: string }] }] }) => affects?.[0].versions[0].status,
    ),
  ).toEqual(['affected', 'affected', 'unaffected']);
});

test('SARIF marks the one as suppressed and counts the other', () => {
  const [run] = JSON.parse(rendered('sarif')).runs;
  expect(run.results).toMatchObject([
    { ruleId: 'CVE-2026-24515', suppressions: [] },
    { ruleId: 'CVE-2026-100', suppressions: [{ status: 'accepted', justification: expect.stringContaining('Ann') }] },
  ]);
  expect(run.properties.suppressedFindings).toBe(1);
});

test("Trivy's report tells them apart", () => {
  expect(JSON.parse(rendered('trivy')).Results[0].ExperimentalModifiedFindings).toMatchObject([
    { Status: 'ignored', Source: '.trivyignore' },
    { Status: 'not_affected', Source: 'a.json, OpenVEX of Acme' },
  ]);
});

test('a table names the first 20 of many', () => {
  const findings = Array.from({ length: 25 }, (_, index) => ({ ...ignored, id: `CVE-2026-${index}` }));
  const text = formats[0].render(sampleResult({ findings }), options);
  expect(text.match(/Ignored: /g)).toHaveLength(20);
  expect(text).toContain('5 findings more ignored or not affected');
});
