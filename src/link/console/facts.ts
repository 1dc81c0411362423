import { fact } from '#store/index.ts';

/** An agent joined, came back, fell silent, was revoked or replaced, or stands in another environment. `host` is its name. */
export const agentChanged = fact<{ readonly agent: string; readonly host: string }>('agent-changed');

/** Notice to all consoles: connections with these certificates end. */
export const endedChannel = 'link-ended';
