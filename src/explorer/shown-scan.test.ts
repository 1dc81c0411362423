import { expect, test } from 'vitest';
import type { ScanId } from '#base/index.ts';
import { shownScan, type ShownFacts } from './shown-scan.ts';

const id = (name: string) => name as string as ScanId;
const facts: ShownFacts = {
  first: id('a'),
  counting: [
    { scan: id('a'), environment: 'prod' },
    { scan: id('b'), environment: 'prod' },
    { scan: id('c'), environment: 'dev' },
    { scan: id('t'), environment: '+' },
  ],
  verdicts: [
    { scan: id('b'), environment: 'prod' },
    { scan: id('c'), environment: 'dev' },
  ],
};

test.each<[string, Partial<ShownFacts>, string]>([
  ['the one whose verdict holds where the most depends', {}, 'b'],
  ['the first that counts there while none is judged', { verdicts: [] }, 'a'],
  ['not one that is judged in another environment alone', { verdicts: [{ scan: id('c'), environment: 'dev' }] }, 'a'],
  [
    'not one whose verdict holds on although it counts no more',
    { verdicts: [{ scan: id('x'), environment: 'prod' }] },
    'a',
  ],
  [
    'of hosts without an environment',
    {
      first: id('n'),
      counting: [
        { scan: id('n'), environment: '' },
        { scan: id('m'), environment: '' },
      ],
      verdicts: [{ scan: id('m') }],
    },
    'm',
  ],
  ['the first where nothing counts', { counting: [], verdicts: [{ scan: id('b') }] }, 'a'],
  [
    'the first where it lies nowhere',
    { counting: [{ scan: id('t'), environment: '+' }], verdicts: [{ scan: id('t') }] },
    'a',
  ],
])('%s', (_, more, expected) => {
  expect(shownScan({ ...facts, ...more })).toBe(expected);
});
