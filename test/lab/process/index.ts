import type { Lab } from '../lab.ts';
import { appletCases, learnedApplets } from './applets.ts';
import { busyCases } from './busy.ts';
import { armingCases } from './arming.ts';
import { codeCases } from './code.ts';
import { copyCases } from './copies.ts';
import { churnCases } from './churn.ts';
import { type Dock, setUpDock } from './dock.ts';
import { driftCases } from './drift.ts';
import { intruderCases } from './intruders.ts';
import { killCases } from './kills.ts';
import { learnedServers, learningCases, visitedServers } from './learning.ts';
import { mappedCases, mappingCases } from './mappings.ts';
import { restoreCases } from './restore.ts';
import { moveCases } from './moves.ts';
import { quietCases } from './quiet.ts';
import { stormCases } from './storms.ts';
import { versionCases } from './versions.ts';

/** Which program may run: learned from real servers, enforced against what reference suites of attacks do. */
export const lab: Lab<Dock> = {
  name: 'process',
  cases: [
    // These need no model, and the servers learn meanwhile.
    ...moveCases,
    ...mappedCases,
    ...learningCases,
    ...appletCases,
    ...quietCases,
    ...driftCases,
    ...codeCases,
    ...copyCases,
    ...busyCases,
    ...mappingCases,
    ...intruderCases,
    ...versionCases,
    ...stormCases,
    ...churnCases,
    ...killCases,
    ...restoreCases,
    ...armingCases,
  ],
  setUp: async (options) => {
    const opened = await setUpDock(options);
    // What goes wrong is told by the case.
    if (options.armed && options.cases.includes('L1')) await visitedServers(opened.world).catch(() => undefined);
    for (const [id, learned] of [
      ['L1', learnedServers],
      ['P460', learnedApplets],
    ] as const)
      if (options.armed && options.cases.includes(id)) learned(opened.world).catch(() => undefined);
    return opened;
  },
};
