import type { Lab } from '../lab.ts';
import { appletCases } from './applets.ts';
import { busyCases } from './busy.ts';
import { armingCases } from './arming.ts';
import { codeCases } from './code.ts';
import { copyCases } from './copies.ts';
import { churnCases } from './churn.ts';
import { type Dock, setUpDock } from './dock.ts';
import { driftCases } from './drift.ts';
import { intruderCases } from './intruders.ts';
import { killCases } from './kills.ts';
import { learningCases } from './learning.ts';
import { mappingCases } from './mappings.ts';
import { restoreCases } from './restore.ts';
import { moveCases } from './moves.ts';
import { quietCases } from './quiet.ts';
import { stormCases } from './storms.ts';
import { versionCases } from './versions.ts';

/** Which program may run: learned from real servers, enforced against what reference suites of attacks do. */
export const lab: Lab<Dock> = {
  name: 'process',
  cases: [
    ...learningCases,
    ...quietCases,
    ...driftCases,
    ...codeCases,
    ...copyCases,
    ...busyCases,
    ...mappingCases,
    ...intruderCases,
    ...moveCases,
    ...versionCases,
    ...stormCases,
    ...churnCases,
    ...killCases,
    ...restoreCases,
    ...armingCases,
    ...appletCases,
  ],
  setUp: setUpDock,
};
