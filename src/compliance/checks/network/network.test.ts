import { describe, expect, test } from 'vitest';
import { networkOfContainers } from '#inventory/index.ts';
import { evaluate } from '../../evaluate.ts';
import { networkChecks } from './index.ts';

const context = { now: new Date('2026-11-30T00:00:00Z'), lists: {} };
const labelled = (name: string, sensitivity: string) => ({ name, labels: { 'seawall.sensitivity': sensitivity } });
const unlabelled = (name: string) => ({ name, labels: { other: 'high' } });

const fewer = { reason: 'Fewer than two containers are on the network.' };

describe('CTR-083', () => {
  test.each([
    ['fail', [labelled('web', 'low'), labelled('db', 'high')], { seen: ['web: low', 'db: high'] }],
    ['pass', [labelled('web', 'high'), labelled('db', 'high')], {}],
    // Nobody meets there, so nothing is shown.
    ['not-applicable', [unlabelled('web')], fewer],
    ['not-applicable', [labelled('web', 'high')], fewer],
    ['not-applicable', [], fewer],
    [
      'not-assessed',
      [labelled('web', 'high'), unlabelled('db')],
      { reason: 'The container db has no label seawall.sensitivity.' },
    ],
  ])('answers %s', (state, containers, more) => {
    expect(evaluate(networkChecks, networkOfContainers(containers), context)).toMatchObject([
      { id: 'CTR-083', state, ...more },
    ]);
  });
});
