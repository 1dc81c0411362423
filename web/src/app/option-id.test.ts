import { expect, test } from 'vitest';
import { optionId } from './option-id.ts';

test('names that differ have other ids, none with what an id may not hold', () => {
  const names = [
    'my shop',
    'my_shop',
    'my.shop',
    'my/shop',
    'my_20_shop',
    'my-shop',
    'mý shop',
    'my\u{1f4a9}shop',
    'my\ud83dshop',
  ];
  const ids = names.map((name) => optionId('r1', `application ${name}`));
  expect(new Set(ids).size).toBe(names.length);
  for (const id of ids) expect(id).toMatch(/^[\w-]+$/);
});
