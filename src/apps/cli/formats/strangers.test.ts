import { describe, expect, test } from 'vitest';
import { formats } from './index.ts';
import { hostileResult, manyFindings, sampleResult } from './testing.ts';

const options = { colour: false, columns: 80, now: new Date('2026-11-24T12:00:00Z') };

describe.each(formats)('$id', (format) => {
  test('shows names of strangers without what moves a cursor or turns text around', () => {
    const text = format.render(sampleResult(hostileResult()), options);
    expect(text).toContain('alert(1)');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
    if (!text.startsWith('{')) expect(text.isWellFormed()).toBe(true);
  });

  test('is written for 10,000 findings, the last of them too where it holds all', () => {
    const result = sampleResult({ findings: manyFindings(10_000) });
    const began = performance.now();
    const text = format.render(result, options);
    expect(performance.now() - began).toBeLessThan(20_000);
    const holdsAll = ['json', 'sarif', 'cyclonedx', 'cyclonedx-1.7', 'spdx', 'gitlab', 'trivy'].includes(format.id);
    if (holdsAll) expect(text).toContain('CVE-2026-19999');
  });
});
