import type { Lab } from '../lab.ts';
import { clusterCases } from './clusters.ts';
import { type Harbour, setUpHarbour } from './harbour.ts';
import { honestCases } from './honest.ts';
import { hostCases } from './hosts.ts';
import { limitCases } from './limits.ts';
import { peopleCases } from './people.ts';
import { publishingCases } from './publishing.ts';
import { trailCases } from './trail.ts';
import { upgradeCases } from './upgrade.ts';

/** Who is believed: tokens, agents and people who lie, to a console with a trusted registry and real hosts. */
export const lab: Lab<Harbour> = {
  name: 'authority',
  cases: [
    ...publishingCases,
    ...clusterCases,
    ...hostCases,
    ...peopleCases,
    ...honestCases,
    ...limitCases,
    ...upgradeCases,
    ...trailCases,
  ],
  setUp: setUpHarbour,
};
