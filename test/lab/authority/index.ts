import type { Lab } from '../lab.ts';
import { analyzerCases } from './analyzers.ts';
import { behaviourCases } from './behaviour.ts';
import { clusterCases } from './clusters.ts';
import { type Harbour, setUpHarbour } from './harbour.ts';
import { honestCases } from './honest.ts';
import { hostCases } from './hosts.ts';
import { limitCases } from './limits.ts';
import { peopleCases } from './people.ts';
import { possessionCases } from './possession.ts';
import { publishingCases } from './publishing.ts';
import { takeoverCases } from './takeover.ts';
import { trailCases } from './trail.ts';
import { upgradeCases } from './upgrade.ts';
import { viewCases } from './views.ts';

/** Who is believed: tokens, agents and people who lie, to a console with a trusted registry and real hosts. */
export const lab: Lab<Harbour> = {
  name: 'authority',
  cases: [
    ...publishingCases,
    ...clusterCases,
    ...hostCases,
    ...takeoverCases,
    ...analyzerCases,
    ...possessionCases,
    ...behaviourCases,
    ...peopleCases,
    ...viewCases,
    ...honestCases,
    ...limitCases,
    ...upgradeCases,
    ...trailCases,
  ],
  setUp: setUpHarbour,
};
