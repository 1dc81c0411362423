import { describe, expect, test } from 'vitest';
import { checks, operatorLists, templates } from '#compliance/index.ts';
import { avoidedWords, hitsIn } from '../tools/word-hits.ts';

const all = Object.values(checks).flat();
const idsOf = (wrong: (check: (typeof all)[number]) => boolean): readonly string[] =>
  all.filter((check) => wrong(check)).map(({ id }) => id);

describe('every check', () => {
  test('has an id of its own, three letters and three digits', () => {
    const ids = all.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.filter((id) => !/^[A-Z]{3}-\d{3}$/.test(id))).toEqual([]);
    expect(ids, 'give it the next free number of its letters').not.toContain('NEW-000');
  });

  test('is listed under its subject, and asks for something', () => {
    const listed = Object.entries(checks).flatMap(([kind, some]) => some.map((check) => ({ kind, check })));
    expect(listed.filter(({ kind, check }) => check.subject !== kind).map(({ check }) => check.id)).toEqual([]);
    expect(idsOf(({ needs }) => needs.length === 0)).toEqual([]);
  });

  test('says in a title without full stop what is so, and in sentences why', () => {
    expect(idsOf(({ title }) => !/^\S.*[^\s.!?:]$/.test(title))).toEqual([]);
    expect(idsOf(({ why }) => !/^\S.*[^.\s]\.$/.test(why))).toEqual([]);
  });

  test('has a remedy for at least one who can act, and none that is empty', () => {
    const isText = (text: string): boolean => /^\S(?:.*\S)?$/.test(text);
    expect(idsOf(({ remedy }) => Object.keys(remedy).length === 0)).toEqual([]);
    expect(idsOf(({ remedy }) => !Object.values(remedy).every(isText))).toEqual([]);
  });

  test('has a title that no other check of its subject has', () => {
    for (const some of Object.values(checks)) expect(new Set(some.map(({ title }) => title)).size).toBe(some.length);
  });

  test('names sections of NIST SP 800-190 that its template has', () => {
    const nist = templates.find(({ id }) => id === 'nist-800-190');
    const sections = new Set(nist?.sections.map(({ id }) => id));
    expect(idsOf((check) => check.nist.length === 0 || check.nist.some((id) => !sections.has(id)))).toEqual([]);
  });

  test('belongs to sections that each template has', () => {
    for (const { sections, sectionsOf } of templates) {
      const ids = new Set(sections.map(({ id }) => id));
      expect(idsOf((check) => sectionsOf(check).some((id) => !ids.has(id)))).toEqual([]);
    }
  });

  test('is implied by another check of its own subject', () => {
    for (const some of Object.values(checks)) {
      const causes = new Map<string, string | undefined>(some.map(({ id, impliedBy }) => [id, impliedBy]));
      const wrong = [...causes].filter(([id, cause]) => cause !== undefined && (cause === id || !causes.has(cause)));
      expect(wrong).toEqual([]);
    }
  });

  test('names lists that operators have', () => {
    expect(idsOf(({ lists }) => lists.some((list) => !Object.hasOwn(operatorLists, list)))).toEqual([]);
  });

  test('avoids the words that docs/language.md lists', () => {
    const words = avoidedWords();
    expect(words.length).toBeGreaterThan(20);
    expect(idsOf(({ title, why, remedy }) => hitsIn([title, why, ...Object.values(remedy)], words) > 0)).toEqual([]);
  });
});
