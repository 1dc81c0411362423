import { expect, test } from 'vitest';
import type { Detection } from './contract.ts';
import { storyOf } from './incident-story.ts';

const detection = (at: number, path: string, outcome: Detection['outcome'] = 'observed'): Detection =>
  ({
    id: String(at),
    detector: 'drift',
    outcome,
    notice: false,
    process: { path },
    ancestors: [{ path: '/usr/sbin/apache2' }],
  }) as unknown as Detection;

const many = (count: number, of: (at: number) => Detection): readonly Detection[] =>
  Array.from({ length: count }, (_, at) => of(at));

test('of what comes again and again the first and the last ones are told, and what came once among them', () => {
  const noise = many(800, (at) => detection(at, '/cgi/visits'));
  const story = storyOf([...noise.slice(0, 400), detection(1000, '/tmp/evil', 'refused'), ...noise.slice(400)]);
  expect(story.map(({ id }) => Number(id))).toEqual([0, 1, 2, 3, 4, 1000, 795, 796, 797, 798, 799]);
});

test('an answer that changes is another kind', () => {
  const story = storyOf(many(40, (at) => detection(at, '/cgi/visits', at < 20 ? 'observed' : 'refused')));
  expect(story.filter(({ outcome }) => outcome === 'refused').map(({ id }) => id)).toContain('20');
});

test.each([
  [500, 0, 500],
  [501, 1, 500],
  [700, 700, 500],
])('of %d kinds, %d of them stopped, %d are told: what was stopped first, then the newest', (kinds, stopped, told) => {
  const all = many(kinds, (at) => detection(at, `/tmp/${at}`, at < stopped ? 'killed' : 'observed'));
  const story = storyOf(all);
  expect(story).toHaveLength(told);
  expect(story.filter(({ outcome }) => outcome === 'killed')).toHaveLength(Math.min(stopped, told));
  expect(story.at(-1)).toBe(all.at(-1));
  expect(story).toEqual(all.filter((one) => story.includes(one)));
});
