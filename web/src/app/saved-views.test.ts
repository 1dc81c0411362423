import { expect, test } from 'vitest';
import { readViews, withView } from './saved-views.ts';

test('a view keeps what was chosen, and one of the same name takes its place', () => {
  const one = withView([], ' Critical in prod ', { severity: 'critical', kev: undefined, layer: 3 });
  expect(one).toEqual([{ name: 'Critical in prod', search: { severity: 'critical', layer: '3' } }]);
  expect(readViews(JSON.stringify(one))).toEqual(one);
  expect(withView(one, 'Critical in prod', { kev: 'yes' })).toEqual([
    { name: 'Critical in prod', search: { kev: 'yes' } },
  ]);
  expect(withView(one, '  ', { kev: 'yes' })).toBe(one);
});

test.each([null, '', '{', '7', '{"name":"x"}', '[null,{"name":1},{"name":"x","search":{"a":{}}}]'])(
  'what is damaged is no view: %s',
  (text) => expect(readViews(text)).toEqual([]),
);

test('no more than fifty are kept, the newest of them', () => {
  let views = withView([], '0', {});
  for (let number = 1; number < 60; number++) views = withView(views, String(number), {});
  expect([views.length, views.at(-1)?.name]).toEqual([50, '59']);
});
