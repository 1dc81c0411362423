import { describe, expect, it } from 'vitest';
import {
  ago,
  bytes,
  count,
  counted,
  daysOld,
  percent,
  risk,
  shortCount,
  shortDigest,
  span,
  subjectName,
} from './format.ts';

const now = new Date('2026-11-24T12:00:00Z');
const digest = `sha256:e02d55a1${'0'.repeat(52)}4b07`;

describe('figures', () => {
  it('groups numbers and counts words', () => {
    expect(count(1234567)).toBe('1,234,567');
    expect([9_999, 12_345, 2_000_000].map(shortCount)).toEqual(['9,999', '12.3K', '2M']);
    expect([0, 1, 2].map((value) => counted(value, 'finding'))).toEqual(['0 findings', '1 finding', '2 findings']);
  });

  it('writes bytes in decimal units with at most one decimal', () => {
    expect([0, 999, 1000, 82_300_000, 999_600, 263_000_000_000].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '82.3 MB',
      '1.0 MB',
      '263 GB',
    ]);
  });

  it('never rounds a small probability to nothing nor a risk up', () => {
    expect([0, 0.0004, 0.944, 1].map(percent)).toEqual(['0 %', '<1 %', '94 %', '100 %']);
    expect([79.99, 80, 0.2].map(risk)).toEqual(['79', '80', '0']);
  });
});

describe('times', () => {
  it('says how long ago, then the date', () => {
    expect(ago('2026-11-24T11:59:58Z', now)).toBe('just now');
    expect(ago('2026-11-24T11:46:00Z', now)).toBe('14 min ago');
    expect(ago('2026-11-21T11:00:00Z', now)).toBe('3 d ago');
    expect(ago('2026-01-02T12:00:00Z', now)).toBe('2 Jan 2026');
    expect(span(47 * 3_600_000)).toBe('47 h');
    expect(span(-5)).toBe('0 s');
  });

  it('knows no age where a feed states no date', () => {
    expect(daysOld(undefined, now)).toBeUndefined();
    expect(daysOld('2026-11-16T12:00:00Z', now)).toBe(8);
  });
});

describe('names', () => {
  it('shortens digests only', () => {
    expect(shortDigest(digest)).toBe('e02d55a1…4b07');
    expect(shortDigest('quay-01')).toBe('quay-01');
  });

  it('calls a subject by its name, else by digest or host', () => {
    expect(subjectName(digest, ['surge/gauge:1'])).toBe('surge/gauge:1');
    expect(subjectName(digest, [])).toBe('e02d55a1…4b07');
    expect(subjectName('host:quay-01')).toBe('quay-01');
  });
});
