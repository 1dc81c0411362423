import { describe, expect, it } from 'vitest';
import {
  ago,
  bytes,
  count,
  counted,
  dateTime,
  daysOld,
  narrowCount,
  percent,
  percentile,
  risk,
  shortCount,
  shortDigest,
  shortTime,
  span,
  subjectName,
  utcTime,
  zonedTime,
} from './format.ts';

const now = new Date('2026-11-24T12:00:00Z');
const digest = `sha256:e02d55a1${'0'.repeat(52)}4b07`;

describe('figures', () => {
  it('groups numbers and counts words', () => {
    expect(count(1234567)).toBe('1,234,567');
    expect([9_999, 12_345, 2_000_000].map(shortCount)).toEqual(['9,999', '12.3K', '2M']);
    expect([0, 1, 2].map((value) => counted(value, 'finding'))).toEqual(['0 findings', '1 finding', '2 findings']);
  });

  it('writes any count in four characters at most, and never more than there are', () => {
    expect([0, 999, 1000, 1299, 9_999, 12_345, 999_999, 1_280_000, 12_345_678].map(narrowCount)).toEqual([
      '0',
      '999',
      '1.0K',
      '1.2K',
      '9.9K',
      '12K',
      '999K',
      '1.2M',
      '12M',
    ]);
    for (let value = 1; value < 1e9; value = Math.ceil(value * 1.07)) {
      expect(narrowCount(value).length, String(value)).toBeLessThanOrEqual(4);
    }
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
    expect([0, 0.0004, 0.944, 0.9951, 1].map(percent)).toEqual(['0 %', '<1 %', '94 %', '>99 %', '100 %']);
    expect([79.99, 80, 0.2].map(risk)).toEqual(['79', '80', '0']);
  });
});

describe('percentile', () => {
  it('never says that something is higher than all', () => {
    for (const share of [0.9949, 0.995, 0.9985, 0.99899, 0.999, 0.99998, 1]) {
      expect(percentile(share), String(share)).not.toContain('100');
    }
    expect(percentile(0.976)).toContain('97 %');
    expect(percentile(0.9957)).toContain('99.5 %');
    expect([0.999, 1].map(percentile)).toEqual([percentile(0.9999), percentile(0.9999)]);
    expect(percentile(0)).toContain('0 %');
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

  it('names the zone of every time of day', () => {
    const moment = '2026-11-24T13:32:05.000Z';
    const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
      .formatToParts(new Date(moment))
      .find(({ type }) => type === 'timeZoneName')?.value;
    for (const words of [dateTime(moment), zonedTime(moment), shortTime(Date.parse(moment) / 1000)]) {
      expect(words).toMatch(/\d\d:\d\d/);
      expect(words.endsWith(` ${zone}`), words).toBe(true);
    }
    expect(utcTime(moment)).toBe('2026-11-24 13:32:05 UTC');
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
