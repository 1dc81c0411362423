import { fact } from '#store/index.ts';

/** An agent joined, came back, fell silent, was revoked or replaced, or stands in another environment. `host` is its name. */
export const agentChanged = fact<{ readonly agent: string; readonly host: string }>('agent-changed');

/** An agent, or who wants to be one, claimed what it may not: a name in use, an environment. Nothing changed by it. */
export const claimRefused = fact<{ readonly host: string; readonly reason: string; readonly subject?: string }>(
  'claim-refused',
);

/** Notice to all consoles: connections with these certificates end. */
export const endedChannel = 'link-ended';
