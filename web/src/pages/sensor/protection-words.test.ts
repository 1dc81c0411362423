import { describe, expect, it } from 'vitest';
import {
  containersStatus,
  lackingSentence,
  lackReason,
  lackSentence,
  protectionMark,
  protectionStatus,
  sumOf,
} from './protection-words.ts';

const none = { unknown: 0, unprotected: 0, partly: 0, protected: 0, watched: 0 };

describe('protection in words', () => {
  it('is green for what is protected, and for nothing else', () => {
    const states = ['unknown', 'unprotected', 'partly', 'protected', 'watched'] as const;
    expect(states.map(protectionMark)).toEqual(['unknown', 'fail', 'partly', 'pass', 'partly']);
  });

  it('says unknown first, and calls containers protected only where all are', () => {
    expect(protectionStatus(none)).toBe(undefined);
    expect(protectionStatus({ ...none, protected: 8 })).toEqual({
      state: 'pass',
      lacking: 0,
      sentence: expect.stringMatching(/^8 /),
    });
    expect(protectionStatus({ ...none, protected: 7, unknown: 1 })).toEqual({
      state: 'unknown',
      lacking: 1,
      sentence: expect.stringMatching(/^of 8 /),
    });
    expect(protectionStatus({ ...none, unprotected: 2 })).toMatchObject({ state: 'fail', lacking: 2 });
    expect(lackSentence({ ...none, unknown: 2, partly: 1 })).toMatch(/^2 unknown, 1 \D+$/);
    expect(lackSentence({ ...none, unprotected: 3 })).toMatch(/^3 \D+$/);
  });

  it('does not call unknown what sensors reported, and says a number once', () => {
    const reported = lackingSentence({ ...none, unprotected: 2 });
    expect(reported).not.toBe(lackingSentence({ ...none, unknown: 2 }));
    expect(lackingSentence({ ...none, unknown: 1, unprotected: 1 })).toBe(lackingSentence({ ...none, unknown: 2 }));
    expect(lackingSentence({ ...none, unprotected: 1, partly: 1 })).toBe(reported);
    const sentences = [{ unknown: 1 }, { unprotected: 1 }].map(
      (one) => protectionStatus({ ...none, ...one })?.sentence,
    );
    expect(new Set(sentences).size).toBe(2);
    expect(lackReason({ ...none, unknown: 3 })).toBe(undefined);
    expect(lackReason({ ...none, unprotected: 3 })).toBe(undefined);
    expect(lackReason({ ...none, partly: 1 })).toMatch(/^1 /);
    expect(lackReason({ ...none, unknown: 1, unprotected: 2 })).toMatch(/^1 \D+ 2 /);
  });

  it('heads Containers by what is unknown or lacks something, and by nothing where all is known', () => {
    const of = (preventing: Partial<typeof none>, all: Partial<typeof none> = preventing) =>
      containersStatus({ all: { ...none, ...all }, preventing: { ...none, ...preventing } });
    expect(of({ protected: 3 })).toBe(undefined);
    expect(of({ protected: 3, unprotected: 1 })).toMatchObject({ state: 'fail', number: 1, list: 'not-protected' });
    const both = of({ unknown: 1, partly: 1 });
    expect(both).toMatchObject({ state: 'unknown', number: 2, list: 'not-protected' });
    expect(both?.sentence).not.toBe(of({ unknown: 1 })?.sentence);
    expect(both?.reason).toBe(`${lackSentence({ ...none, unknown: 1, partly: 1 })}.`);
    expect(of({}, { unknown: 2, watched: 1 })).toMatchObject({ state: 'unknown', number: 2, list: 'unknown' });
    expect(containersStatus(undefined)).toMatchObject({ state: 'unknown', number: 0 });
  });

  it('adds rows up', () => {
    expect(
      sumOf([
        { ...none, unknown: 1 },
        { ...none, unknown: 2, watched: 3 },
      ]),
    ).toEqual({
      ...none,
      unknown: 3,
      watched: 3,
    });
  });
});
