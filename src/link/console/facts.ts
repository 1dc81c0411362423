import { fact } from '#store/index.ts';
import type { FactGap } from '../contract.ts';

/** An agent joined, came back, fell silent, was revoked or replaced, or is in another environment. `host` is its name. */
export const agentChanged = fact<{ readonly agent: string; readonly host: string }>('agent-changed');

/** An agent, or who wants to be one, claimed what it may not: a name in use, an environment. Nothing changed by it. */
export const claimRefused = fact<{ readonly host: string; readonly reason: string; readonly subject?: string }>(
  'claim-refused',
);

/** An agent took the place of a silent one by a join token that names the host. It possesses nothing yet. */
export const agentReplaced = fact<{
  readonly host: string;
  readonly agent: string;
  readonly former: string;
  readonly joinToken: string;
}>('agent-replaced');

/** Facts of a host will never come: its agent does not have them any more, and the console does not have them. */
export const factsMissing = fact<{ readonly host: string; readonly agent: string; readonly gap: FactGap }>(
  'facts-missing',
);

/** Notice to all consoles: connections with these certificates end. */
export const endedChannel = 'link-ended';
