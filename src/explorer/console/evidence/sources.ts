import { agentAnswers } from './answers/agents.ts';
import { checkAnswers } from './answers/checks.ts';
import { consoleAnswers } from './answers/console.ts';
import { creationAnswers } from './answers/creations.ts';
import { gateAnswers } from './answers/gates.ts';
import { hostSystemAnswers } from './answers/host-systems.ts';
import { imageAnswers } from './answers/images.ts';
import { runtimeAnswers } from './answers/runtime.ts';
import { trialAnswers } from './answers/trials.ts';
import type { EstateSource, HostSource } from './context.ts';

/** Every source of answers about hosts and containers. The only registration. */
export const hostSources: readonly HostSource[] = [
  agentAnswers,
  checkAnswers,
  creationAnswers,
  gateAnswers,
  hostSystemAnswers,
  runtimeAnswers,
  trialAnswers,
];

/** Every source of answers about images and the console. The only registration. */
export const estateSources: readonly EstateSource[] = [consoleAnswers, imageAnswers];
