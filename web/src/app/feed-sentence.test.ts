import { describe, expect, it } from 'vitest';
import { type DatabaseReply, feedSentence, feedStateOf } from './feed-sentence.ts';

const now = new Date('2026-11-24T12:00:00Z');

function ready(...dates: readonly (string | undefined)[]): DatabaseReply {
  const sources = dates.map((asOf, index) => ({
    id: `feed-${index}`,
    advisories: 1,
    covers: [],
    ...(asOf !== undefined && { asOf }),
  }));
  return { state: 'ready', info: { schemaVersion: 1, builtAt: now.toISOString(), advisories: 1, sources } };
}

describe('feedStateOf', () => {
  it('is stale after seven days by its own date, and undated without one', () => {
    expect(feedStateOf({ asOf: '2026-11-17T11:00:00Z' }, now)).toBe('fresh');
    expect(feedStateOf({ asOf: '2026-11-16T11:00:00Z' }, now)).toBe('stale');
    expect(feedStateOf({}, now)).toBe('undated');
  });
});

describe('feedSentence', () => {
  it('tells the newest date only when nothing is stale', () => {
    expect(feedSentence(ready('2026-11-24T10:00:00Z', '2026-11-20T10:00:00Z', undefined), now)).toBe('Feeds 2 h old');
    expect(feedSentence(ready('2026-11-24T10:00:00Z', '2026-10-20T10:00:00Z'), now)).toBe('1 feed stale');
    expect(feedSentence(ready(undefined), now)).toMatch(/\bunknown$/);
  });

  it('tells what is missing or under way', () => {
    expect(feedSentence({ state: 'missing', reason: 'no feeds' }, now)).toMatch(/^No /);
    expect(feedSentence({ state: 'building', done: 3, total: 19, current: 'npm' }, now)).toMatch(/\b3 of 19$/);
  });
});
