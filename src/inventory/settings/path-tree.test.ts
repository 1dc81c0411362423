import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PathTree } from './path-tree.ts';
import { holdsPath } from './path.ts';

const path = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 5 }).map((names) => `/${names.join('/')}`);

test('what lies above and below a path is what holds it and what it holds', () => {
  fc.assert(
    fc.property(fc.array(path, { maxLength: 12 }), path, (places, asked) => {
      const tree = new PathTree<string>();
      for (const place of places) tree.add(place, place);
      const above = places.filter((place) => holdsPath(place, asked));
      expect([...tree.above(asked)]).toEqual(above.toSorted((a, b) => a.length - b.length));
      const below = places.filter((place) => place !== asked && holdsPath(asked, place));
      expect([...tree.below(asked)].toSorted()).toEqual(below.toSorted());
    }),
  );
});
