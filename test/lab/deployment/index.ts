import type { Lab } from '../lab.ts';
import { agentCases } from './agent-cases.ts';
import { consoleCases } from './console-cases.ts';
import { imageCases } from './image-cases.ts';
import { packageCases } from './package-cases.ts';
import { type Deployment, setUpDeployment } from './world.ts';

/** From release artefacts to a console and hosts that it protects. */
export const lab: Lab<Deployment> = {
  name: 'deployment',
  cases: [...consoleCases, ...imageCases, ...agentCases, ...packageCases],
  setUp: setUpDeployment,
};
