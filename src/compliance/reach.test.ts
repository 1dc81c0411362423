import { describe, expect, test } from 'vitest';
import type { Collection } from '#access/contract.ts';
import { isReached, reachOf } from './reach.ts';

const collection = (id: string, application: string): Collection => ({
  id,
  name: id,
  description: '',
  selects: { applications: [application] },
});
const [shop, office] = [collection('shop', 'shop'), collection('office', 'office')];
const place = (application: string) => ({ images: [], labels: {}, application });
const rule = { id: 'rule', state: 'on' } as const;
const above = { id: 'above', state: 'on' } as const;

describe('what a rule reaches', () => {
  test.each([
    ['everything', [rule], [], ['shop'], true],
    ['nothing that stands nowhere', [rule], [], [], false],
    ['its collection', [{ ...rule, collections: ['shop'] }], [shop], ['shop'], true],
    ['no other', [{ ...rule, collections: ['shop'] }], [shop, office], ['office'], false],
    ['any of its collections', [{ ...rule, collections: ['shop', 'office'] }], [shop, office], ['office'], true],
    ['one of several places', [{ ...rule, collections: ['shop'] }], [shop], ['office', 'shop'], true],
    ['nothing by a collection that is gone', [{ ...rule, collections: ['shop'] }], [], ['shop'], false],
    ['nothing while it is off', [{ ...rule, state: 'off' as const }], [], ['shop'], false],
    ['nothing where it is not', [above], [], ['shop'], false],
    ['nothing below a rule for everything', [above, rule], [], ['shop'], false],
    ['all below a rule that is off', [{ ...above, state: 'off' as const }, rule], [], ['shop'], true],
    ['all above another', [rule, above], [], ['shop'], true],
    ['nothing that a rule above it holds', [{ ...above, collections: ['shop'] }, rule], [shop], ['shop'], false],
    ['what a rule above it does not hold', [{ ...above, collections: ['shop'] }, rule], [shop], ['office'], true],
    [
      'nothing of which a place is held',
      [{ ...above, collections: ['shop'] }, rule],
      [shop],
      ['office', 'shop'],
      false,
    ],
  ] as const)('%s', (...[, rules, collections, applications, expected]) => {
    const reach = JSON.parse(JSON.stringify(reachOf('rule', rules, collections))) as ReturnType<typeof reachOf>;
    expect(isReached(reach, applications.map(place))).toBe(expected);
  });
});
