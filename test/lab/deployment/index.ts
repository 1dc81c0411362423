import type { Lab } from '../lab.ts';
import { agentCases } from './agent-cases.ts';
import { consoleCases } from './console-cases.ts';
import { imageCases } from './image-cases.ts';
import { memoryCases } from './memory-cases.ts';
import { removalCases } from './removal-cases.ts';
import { packageCases } from './package-cases.ts';
import { restoreCases } from './restore-cases.ts';
import { ownRuleCases } from './own-rules.ts';
import { wholeCases } from './whole.ts';
import { type Deployment, setUpDeployment } from './world.ts';

/** From release artefacts to a console and hosts that it protects. */
export const lab: Lab<Deployment> = {
  name: 'deployment',
  cases: [
    ...consoleCases,
    ...imageCases,
    ...ownRuleCases,
    ...wholeCases,
    ...agentCases,
    ...restoreCases,
    ...memoryCases,
    ...removalCases,
    ...packageCases,
  ],
  setUp: setUpDeployment,
};
