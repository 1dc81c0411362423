import type { LabCase } from '../lab.ts';
import { ofHostCases } from './agent-of-host.ts';
import { protectingCases } from './agent-protects.ts';
import { ownModelCases } from './own-model.ts';
import type { Deployment } from './world.ts';

/** The agent in a container. */
export const agentCases: readonly LabCase<Deployment>[] = [...protectingCases, ...ownModelCases, ...ofHostCases];
