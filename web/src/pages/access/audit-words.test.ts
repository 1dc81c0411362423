import { describe, expect, it } from 'vitest';
import { actionWords, detailWords } from './audit-words.ts';

describe('actionWords', () => {
  it('reads as a sentence would', () => {
    expect(actionWords('join-token-made')).toBe('Join token made');
  });
});

describe('detailWords', () => {
  it('tells plain facts and leaves the others to the raw entry', () => {
    const detail = { role: 'ci', days: 90, repositories: ['shop/*', 'harbour/*'], scope: { any: true }, none: [] };
    expect(detailWords(detail)).toBe('role ci, days 90, repositories shop/* harbour/*');
  });

  it('ends no fact with a full stop', () => {
    expect(detailWords({ reason: 'quay-1 already reports.', joinToken: 'rack 3' })).toBe(
      'reason quay-1 already reports, join token rack 3',
    );
  });

  it('reads moments as dates and names as words', () => {
    expect(detailWords({ joinToken: 'rack 3', expiresAt: '2026-11-25T20:23:42.945Z' })).toMatch(
      /^join token rack 3, expires at \d+ Nov 2026, \d\d:\d\d \S+$/,
    );
  });
});

describe('a long list', () => {
  it('names the first eight and how many more', () => {
    const lines = Array.from({ length: 20 }, (_, at) => `line-${at}`);
    expect(detailWords({ count: 20, lines })).toBe(`count 20, lines ${lines.slice(0, 8).join(' ')} and 12 more`);
    expect(detailWords({ lines: lines.slice(0, 8) })).toBe(`lines ${lines.slice(0, 8).join(' ')}`);
  });
});
