import { describe, expect, it } from 'vitest';
import { cellsOf, type Part, placesOf, type Version } from './matrix.ts';

const counts = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unrated: 0, suppressed: 0 };
const version = (subject: string, environment: string | undefined, state: Version['state'] = 'running') =>
  ({
    subject,
    state,
    tags: [],
    containers: 1,
    counts,
    ...(environment === undefined ? {} : { environment }),
  }) as unknown as Version;
const part = (...versions: readonly Version[]): Part => ({ repository: 'surge/gauge', versions });

describe('placesOf', () => {
  it('puts prod first, what has no environment after the named ones, builds last', () => {
    const parts = [
      part(version('a', undefined, 'build'), version('b', 'dev'), version('c', undefined), version('d', 'prod')),
    ];
    expect(placesOf({ parts, environments: [{ environment: 'test' }] })).toEqual([
      'prod',
      'test',
      'dev',
      'none',
      'build',
    ]);
  });
});

describe('cellsOf', () => {
  const places = ['prod', 'test', 'dev'];

  it('says where another content runs than in prod, by the digest and not by the tag', () => {
    const cells = cellsOf(part(version('old', 'prod'), version('old', 'test'), version('new', 'dev')), places);
    expect(cells.map(({ state }) => state)).toEqual(['same', 'same', 'differs']);
  });

  it('compares with the first environment that has the part', () => {
    const cells = cellsOf(part(version('new', 'test'), version('new', 'dev')), places);
    expect(cells.map(({ state }) => state)).toEqual(['missing', 'same', 'same']);
  });

  it('tells of several versions in one environment', () => {
    const cells = cellsOf(part(version('old', 'prod'), version('new', 'prod'), version('new', 'test')), places);
    expect(cells.map(({ state }) => state)).toEqual(['several', 'same', 'missing']);
  });
});
