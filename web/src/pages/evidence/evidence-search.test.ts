import { describe, expect, test } from 'vitest';
import { askedOf, isOfChecks, parseChangesSearch, parseControlSearch, parseTemplateSearch } from './evidence-search.ts';

const now = new Date('2026-11-24T12:00:00Z');
const environment = 'prod';
const given = (search: object) => Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

describe('an address', () => {
  test('holds template, part of the estate, day, filters and order', () => {
    const raw = { template: 'cis-docker', application: 'tide', at: '2026-03-03', known: 'then', state: 'not-met' };
    expect(given(parseTemplateSearch({ ...raw, order: 'template', search: 'image' }))).toEqual({
      ...raw,
      order: 'template',
      search: 'image',
    });
  });

  test.each([
    { at: '2026-02-30' },
    { at: 'yesterday' },
    { known: 'now' },
    { state: 'green' },
    { order: 'best' },
    { template: ' ' },
  ])('of words that mean nothing leaves them out: %j', (raw) => {
    expect(given(parseTemplateSearch(raw))).toEqual({});
  });

  test('of a control filters subjects by answers, not by states of controls', () => {
    expect(given(parseControlSearch({ state: 'not-met' }))).toEqual({});
    const raw = { state: 'not-assessed', question: 'scan-complete', host: 'quay-1', subject: 'host|quay-1|quay-1' };
    expect(given(parseControlSearch(raw))).toEqual(raw);
  });

  test('of changes holds two days', () => {
    expect(given(parseChangesSearch({ from: '2026-03-03', to: '2026-13-03', control: '4.1.2' }))).toEqual({
      from: '2026-03-03',
      control: '4.1.2',
    });
  });

  test.each([
    [{ check: 'CTR-001' }, true],
    [{ view: 'exceptions' }, true],
    [{ has: 'fail' }, true],
    [{ template: 'nist-800-190' }, false],
    [{ environment: 'prod', at: '2026-03-03' }, false],
    [{}, false],
  ])('that once listed checks still does: %j is %s', (raw, isOne) => {
    expect(isOfChecks(raw)).toBe(isOne);
  });
});

describe('what is asked of the console', () => {
  test.each([
    [{}, {}],
    [{ at: '2026-03-03' }, { at: '2026-03-03T23:59:59Z' }],
    [
      { at: '2026-03-03', known: 'then' },
      { at: '2026-03-03T23:59:59Z', known: '2026-03-03T23:59:59Z' },
    ],
    // A day that has not ended is now, and so is one to come.
    [{ at: '2026-11-24', known: 'then' }, {}],
    [{ at: '2027-01-01' }, {}],
    [{ known: 'then' }, {}],
    [{ at: '2026-11-23' }, { at: '2026-11-23T23:59:59Z' }],
  ] as const)('%j is %j', (scope, asked) => {
    expect(given(askedOf(scope, { environment, now }))).toEqual({ environment, ...asked });
  });
});
